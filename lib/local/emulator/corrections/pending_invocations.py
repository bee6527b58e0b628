"""Accepted work of Lambda and the Scheduler that is not done yet."""

import contextvars
import threading
import time
import uuid

import lifecycle
from ministack.core.responses import request_scope
from ministack.services import eventbridge, lambda_svc, scheduler

from . import correction, replaced
from .throttled_work import reserved_concurrency_of, wait_for_concurrency

_MAX_DELAY = lambda_svc._LAMBDA_ASYNC_RETRY_MAX_SECONDS


@correction
def kept_invocations():
    """Keeps an event that Lambda has accepted until an attempt succeeds, or the last attempt has failed. A throttled
    invocation does not count as an attempt: the event waits, until its maximum age.

    MiniStack keeps it on a thread only: the event and its further attempts are lost with the process.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    accepted = {}
    current = contextvars.ContextVar("trellis_accepted", default=None)

    @replaced(lambda_svc, "invoke_async_with_retry")
    def invoke(_original, record, event):
        entry = current.get()
        if entry is None or entry["event"] is not event:
            arn = (record.get("config") or record)["FunctionArn"]
            entry = {"id": str(uuid.uuid4()), "arn": arn, "event": event, "failed": 0, "since": time.time()}
        accepted[entry["id"]] = entry
        lifecycle.changed()
        scoped = (lambda_svc._run_with_function_config_scope, record, handle, record, entry)
        threading.Thread(target=contextvars.copy_context().run, args=scoped, daemon=True).start()

    def handle(record, entry):
        failure = attempt(record, entry)
        if failure is not None:
            report(record, entry["event"], failure)
        accepted.pop(entry["id"], None)
        lifecycle.changed()

    def attempt(record, entry):
        """Returns the result of the last attempt if all have failed, or else None."""
        settings = _settings(record)
        retries = settings.get("MaximumRetryAttempts")
        expires = entry["since"] + int(settings.get("MaximumEventAgeInSeconds") or 21600)
        while True:
            if lifecycle.is_stopping():
                raise SystemExit  # The next process makes this attempt.
            result = lambda_svc._execute_function(record, entry["event"])
            if not result.get("error"):
                return None
            if result.get("throttle"):
                # With a limit of zero the event is not kept.
                if reserved_concurrency_of(record) == 0 or time.time() > expires:
                    return result
                wait_for_concurrency(record)
                continue
            entry["failed"] += 1
            delay = min(lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS * 2 ** (entry["failed"] - 1), _MAX_DELAY)
            if entry["failed"] > (2 if retries is None else int(retries)) or time.time() + delay > expires:
                return result
            time.sleep(delay)

    def report(record, event, failure):
        config = record.get("config") or record
        destination = (_settings(record).get("DestinationConfig") or {}).get("OnFailure") or {}
        target = destination.get("Destination") or (config.get("DeadLetterConfig") or {}).get("TargetArn")
        if target:
            lambda_svc._route_async_failure(target, config["FunctionName"], event, failure)

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


def _settings(record):
    return record.get("event_invoke_config") or (record.get("event_invoke_configs") or {}).get("$LATEST") or {}


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
