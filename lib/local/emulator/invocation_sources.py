"""Source of an invocation, and the callback for its begin."""

import contextvars

# A request of a running function, whose environment is in use until the response.
FUNCTION = "function"
# A request of another client.
REQUEST = "request"
# An event that Lambda has accepted: it is invoked again after a restart.
ACCEPTED = "accepted"
# A step of an execution: it runs again after a restart.
STEP = "step"
# A batch of messages.
BATCH = "batch"

# Sources that can wait, because no client waits for a response.
PATIENT = (ACCEPTED, STEP, BATCH)
# Sources that are repeated after a restart: their invocations do not begin while the cloud stops.
KEPT = (ACCEPTED, STEP)

# Ids of the access keys that functions have got from this process: they are random, so that others cannot guess them.
function_keys = set()

source = contextvars.ContextVar("trellis_invocation_source", default=REQUEST)
_on_begin = contextvars.ContextVar("trellis_invocation_begins", default=None)


def coming_from(name, work):
    """Wraps `work`, so that its invocations have the source `name`."""

    def sourced(*args, **kwargs):
        token = source.set(name)
        try:
            return work(*args, **kwargs)
        finally:
            source.reset(token)

    return sourced


def on_begin(callback):
    """Registers a callback for the moment when the next invocation of this thread has an environment."""
    _on_begin.set(callback)


def begins():
    callback = _on_begin.get()
    if callback is not None:
        _on_begin.set(None)
        callback()
