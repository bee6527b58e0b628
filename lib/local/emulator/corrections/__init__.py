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
        permissions,
        stage_cache,
        throttled_work,
        cloudformation_conditions,
        custom_resources,
        custom_runtimes,
        distributions,
        event_source_filters,
        eventbridge,
        rest_apis,
        http_apis,
        idle_environments,
        initialization,
        integrations,
        pending_invocations,
        access_keys,
        layers,
        openapi,
        encoded_paths,
        saved_state,
        proxy_responses,
        queues,
        managed_runtimes,
        runtime_sdk,
        scaling,
        secrets_manager,
        table_streams,
        cloudformation_properties,
        topic_subscriptions,
        user_pools,
        function_versions,
        step_functions,
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
