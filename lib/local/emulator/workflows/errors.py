"""Which retrier and which catcher takes an error.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

# Not even by its own name: such an execution always fails.
_NEVER_HANDLED = "States.Runtime"
# By its own name only.
_NOT_IN_ALL = "States.DataLimitExceeded"


def matches(names, expected):
    """Whether `ErrorEquals` has one of an error's names; a missed heartbeat is a timeout, too."""
    if _NEVER_HANDLED in names:
        return False
    if not names.isdisjoint(expected):
        return True
    if _NOT_IN_ALL in names:
        return False
    return "States.ALL" in expected or ("States.TaskFailed" in expected and "States.Timeout" not in names)


def retrier_of(state, names, counts):
    """The first retrier that matches decides, also when its attempts are used up."""
    for at, retrier in enumerate(state.get("Retry", [])):
        if matches(names, retrier.get("ErrorEquals", [])):
            used = counts[at] if at < len(counts) else 0
            return (at, retrier) if used < retrier.get("MaxAttempts", 3) else (at, None)
    return None, None


def catcher_of(state, names):
    return next((c for c in state.get("Catch", []) if matches(names, c.get("ErrorEquals", []))), None)
