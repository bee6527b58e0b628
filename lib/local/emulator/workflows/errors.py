"""Matching of errors with retriers and catchers.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

# Never matched, not even by name: the execution always fails.
_NEVER_HANDLED = "States.Runtime"
# Matched by name only.
_NOT_IN_ALL = "States.DataLimitExceeded"


def matches(names, expected):
    """Returns true if `ErrorEquals` has a name of the error; a missed heartbeat is also a timeout."""
    if _NEVER_HANDLED in names:
        return False
    if not names.isdisjoint(expected):
        return True
    if _NOT_IN_ALL in names:
        return False
    return "States.ALL" in expected or ("States.TaskFailed" in expected and "States.Timeout" not in names)


def retrier_of(state, names, counts):
    """Returns the first retrier that matches, or None if its attempts are used up, with its index."""
    for index, retrier in enumerate(state.get("Retry", [])):
        if matches(names, retrier.get("ErrorEquals", [])):
            used = counts[index] if index < len(counts) else 0
            return (index, retrier) if used < retrier.get("MaxAttempts", 3) else (index, None)
    return None, None


def catcher_of(state, names):
    return next((c for c in state.get("Catch", []) if matches(names, c.get("ErrorEquals", []))), None)
