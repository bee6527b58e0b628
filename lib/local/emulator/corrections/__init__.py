"""The corrections to MiniStack, by the name under which each can be switched off."""

import os

_CORRECTIONS = {}


def correction(install):
    """Registers a correction under its function's name."""
    if install.__name__ in _CORRECTIONS:
        raise ValueError(f"Two corrections are called {install.__name__}: rename one.")
    _CORRECTIONS[install.__name__] = install
    return install


def replaced(module, name):
    """Decorator: the function takes the place of `module.name` and gets the original as first argument."""

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
            f"TRELLIS_LOCAL_WITHOUT names {', '.join(sorted(unknown))}, which is no correction. "
            f"There are: {', '.join(sorted(_CORRECTIONS))}."
        )
    for name, install in _CORRECTIONS.items():
        if name not in without:
            install()
