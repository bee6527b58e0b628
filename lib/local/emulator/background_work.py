"""Work without a request: invocations, pollers and schedules. It marks changes, and pauses during a stop."""

import collections

import invocation_sources
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

    def dispatched(esm_id, work, *args):
        dispatch(esm_id, _marking(invocation_sources.coming_from(invocation_sources.BATCH, work)), *args)

    lambda_svc._dispatch_esm_batch = dispatched
    lambda_svc.invoke_async_with_retry = invocation_sources.coming_from(invocation_sources.ACCEPTED, lambda_svc.invoke_async_with_retry)
    _report_begins()
    lifecycle.busy(_invocations)
    lifecycle.busy(_batches)


def _report_begins():
    acquire = lambda_svc.acquire_worker

    def acquired(*args, **kwargs):
        result = acquire(*args, **kwargs)
        invocation_sources.begins()
        return result

    lambda_svc.acquire_worker = acquired
    # These executors have no environments to wait for.
    for executor in ("docker", "local", "provided", "proxy"):
        _begins_at_once(f"_execute_function_{executor}")


def _begins_at_once(name):
    original = getattr(lambda_svc, name)

    def begun(*args, **kwargs):
        invocation_sources.begins()
        return original(*args, **kwargs)

    setattr(lambda_svc, name, begun)


def _invocations():
    tasks = collections.Counter()
    for key, count in lambda_svc.executions_in_flight()[1].items():
        tasks[f"invocation of {key.rpartition(':')[2]}"] += count
    return tasks


def _batches():
    sources = {esm["UUID"]: esm.get("EventSourceArn", "") for _, _, esm in lambda_svc._iter_all_esms()}
    tasks = collections.Counter()
    for mapping, count in list(lambda_svc._esm_inflight.items()):
        tasks[f"batch from {sources.get(mapping, mapping).rpartition(':')[2]}"] += count
    return tasks


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
