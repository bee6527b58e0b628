"""Accepted work of Lambda and the Scheduler that is not done yet."""

import contextvars
import time
import uuid

import lifecycle
from ministack.core.responses import request_scope
from ministack.services import eventbridge, lambda_svc, scheduler

from . import correction, replaced


@correction
def kept_invocations():
    """Keeps an event that Lambda has accepted until an attempt succeeds, or the last attempt has failed.

    MiniStack keeps it on a thread only: the event and its further attempts are lost with the process.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
    """
    accepted = {}
    current = contextvars.ContextVar("trellis_accepted", default=None)
    attempting = contextvars.ContextVar("trellis_attempting", default=None)

    @replaced(lambda_svc, "invoke_async_with_retry")
    def invoke(original, record, event):
        config = record.get("config") or record
        entry = current.get()
        if entry is None or entry["event"] is not event:
            entry = {"id": str(uuid.uuid4()), "arn": config["FunctionArn"], "event": event, "failed": 0, "since": time.time()}
        accepted[entry["id"]] = entry
        lifecycle.changed()
        settings = record.get("event_invoke_config") or (record.get("event_invoke_configs") or {}).get("$LATEST") or {}
        retries = settings.get("MaximumRetryAttempts")
        left = max(0, (2 if retries is None else int(retries)) - entry["failed"])
        age = int(settings.get("MaximumEventAgeInSeconds", 21600)) - int(time.time() - entry["since"])
        reported = (settings.get("DestinationConfig") or {}).get("OnFailure") or config.get("DeadLetterConfig")
        # After the last attempt the event is dropped, unless there is a destination for failures.
        entry["drops_after"] = None if reported else entry["failed"] + left + 1
        kept = {**settings, "MaximumRetryAttempts": left, "MaximumEventAgeInSeconds": max(0, age)}
        token = attempting.set(entry)
        try:
            # The original runs in a copy of this context.
            return original({**record, "event_invoke_config": kept}, event)
        finally:
            attempting.reset(token)

    @replaced(lambda_svc, "_execute_function")
    def execute(original, function, event, *rest, **kwargs):
        entry = attempting.get()
        if entry is None or event is not entry["event"]:
            return original(function, event, *rest, **kwargs)
        if lifecycle.is_stopping():
            # The next process makes this attempt.
            raise SystemExit
        result = original(function, event, *rest, **kwargs)
        if not result.get("error"):
            accepted.pop(entry["id"], None)
            return result
        entry["failed"] += 1
        if entry["drops_after"] == entry["failed"]:
            accepted.pop(entry["id"], None)
        return result

    @replaced(lambda_svc, "_route_async_failure")
    def route(original, target, name, event, result):
        try:
            return original(target, name, event, result)
        finally:
            entry = attempting.get()
            if entry is not None and entry["event"] is event:
                accepted.pop(entry["id"], None)

    @replaced(lambda_svc, "get_state")
    def state(original):
        return {**original(), "trellis_accepted": list(accepted.values())}

    @replaced(lambda_svc, "load_persisted_state")
    def load(original, data):
        original(data)
        for entry in (data or {}).get("trellis_accepted", []):
            accepted[entry["id"]] = entry

    def repeat():
        for entry in list(accepted.values()):
            _, _, _, region, account, *_ = entry["arn"].split(":")
            with request_scope(account, region):
                function, config, _ = lambda_svc._get_func_record_for_ref(entry["arn"])
                if config is None:
                    accepted.pop(entry["id"], None)
                    continue
                current.set(entry)
                try:
                    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), entry["event"])
                finally:
                    current.set(None)

    lifecycle.after_load(repeat)


@correction
def kept_schedules():
    """Keeps the last run of each schedule: it does not run again at a start, and a missed schedule runs once.

    MiniStack does not save them: one-time schedules run at each start, and rates begin again.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    for service, fired in ((scheduler, scheduler._schedule_last_fired), (eventbridge, eventbridge._rule_last_fired)):
        _keep(service, fired)


def _keep(service, fired):
    tick = "_tick_schedules" if service is scheduler else "_tick_scheduled_rules"

    @replaced(service, tick)
    def ticked(original):
        before = dict(fired)
        original()
        if fired != before:
            lifecycle.changed()

    @replaced(service, "get_state")
    def state(original):
        return {**original(), "trellis_last_fired": [[*key, last] for key, last in list(fired.items())]}

    @replaced(service, "load_persisted_state")
    def load(original, data):
        original(data)
        for *key, last in (data or {}).get("trellis_last_fired", []):
            fired[tuple(tuple(part) if isinstance(part, list) else part for part in key)] = last
