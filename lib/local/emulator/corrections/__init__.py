"""Corrections to MiniStack, by the name that disables each."""

import os

_CORRECTIONS = {}


def correction(install):
    """Registers a correction under its function's name."""
    if install.__name__ in _CORRECTIONS:
        raise ValueError(f"Duplicate correction {install.__name__}: rename one of them.")
    _CORRECTIONS[install.__name__] = install
    return install


def replaced(module, name):
    """Decorates a function that replaces `module.name` and gets the original as its first argument."""

    def decorate(function):
        original = getattr(module, name)
        setattr(module, name, lambda *args, **kwargs: function(original, *args, **kwargs))
        return function

    return decorate


def apply():
    from . import (  # noqa: F401
        access,
        cache,
        conditions,
        custom_runtimes,
        distributions,
        events,
        gateway,
        http_apis,
        idle,
        integrations,
        invocations,
        keys,
        layers,
        openapi,
        paths,
        persistence,
        proxy,
        queues,
        runtime,
        scaling,
        secrets,
        streams,
        templates,
        user_pools,
        versions,
        workflows,
    )

    without = {name.strip() for name in os.environ.get("TRELLIS_LOCAL_WITHOUT", "").split(",") if name.strip()}
    unknown = without - _CORRECTIONS.keys()
    if unknown:
        raise SystemExit(
            f"TRELLIS_LOCAL_WITHOUT must name corrections, got {', '.join(sorted(unknown))}. "
            f"The corrections are {', '.join(sorted(_CORRECTIONS))}."
        )
    for name, install in _CORRECTIONS.items():
        if name not in without:
            install()
