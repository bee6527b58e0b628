"""Who waits for an invocation, and when it begins."""

import contextvars

# A request from a running function waits: the function's environment is taken until this one ends.
FUNCTION = "function"
# A request from elsewhere waits.
REQUEST = "request"
# Lambda has accepted the event: after a restart it is there again.
ACCEPTED = "accepted"
# A step of an execution: after a restart it is made again.
STEP = "step"
# A batch of messages.
BATCH = "batch"

# Sources that can wait until this machine has time for them.
PATIENT = (ACCEPTED, STEP, BATCH)
# Sources that come again after a restart: while the cloud stops, their invocations do not begin.
KEPT = (ACCEPTED, STEP)

source = contextvars.ContextVar("trellis_invocation_source", default=REQUEST)
_on_begin = contextvars.ContextVar("trellis_invocation_begins", default=None)


def coming_from(name, work):
    """Returns `work` as work whose invocations come from the source `name`."""

    def sourced(*args, **kwargs):
        token = source.set(name)
        try:
            return work(*args, **kwargs)
        finally:
            source.reset(token)

    return sourced


def on_begin(callback):
    """Calls back once the next invocation of this thread has an environment: its time counts from then on."""
    _on_begin.set(callback)


def begins():
    callback = _on_begin.get()
    if callback is not None:
        _on_begin.set(None)
        callback()
