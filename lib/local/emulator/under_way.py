"""What works without a request: invocations, and what polls or fires by itself. It marks changes, and pauses at an end."""

import lifecycle
from ministack.services import eventbridge, lambda_svc, scheduler


def install():
    for name in ("_execute_function", "_route_async_failure"):
        _marks_changes(lambda_svc, name)
    for name in ("_poll_sqs", "_poll_kinesis", "_poll_dynamodb_streams"):
        _pauses(lambda_svc, name)
    _pauses(eventbridge, "_tick_scheduled_rules")
    _pauses(scheduler, "_tick_schedules")
    dispatch = lambda_svc._dispatch_esm_batch
    lambda_svc._dispatch_esm_batch = lambda esm_id, work, *args: dispatch(esm_id, _marking(work), *args)
    lifecycle.busy(lambda: lambda_svc.executions_in_flight()[0])
    lifecycle.busy(lambda: sum(lambda_svc._esm_inflight.values()))


def _marks_changes(module, name):
    setattr(module, name, _marking(getattr(module, name)))


def _marking(work):
    def marking(*args, **kwargs):
        try:
            return work(*args, **kwargs)
        finally:
            lifecycle.changed()

    return marking


def _pauses(module, name):
    original = getattr(module, name)

    def pausing(*args, **kwargs):
        if lifecycle.is_stopping():
            return False
        moved = original(*args, **kwargs)
        if moved:
            lifecycle.changed()
        return moved

    setattr(module, name, pausing)
