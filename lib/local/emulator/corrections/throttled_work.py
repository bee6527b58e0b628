"""Reserved concurrency of functions: work that no client waits for waits for it."""

import collections
import json
import threading
import time

import invocation_sources
import lifecycle
from ministack.services import lambda_svc, sqs, stepfunctions

from . import correction, replaced

_RETRY_SECONDS = 1
_waiting = collections.defaultdict(collections.deque)
_lock = threading.Lock()


def wait_for_concurrency(function):
    """Waits until an invocation of the function ends, at most a second: then the limit may have changed."""
    key = lambda_svc._inflight_key(function.get("config") or function)
    ended = threading.Event()
    with _lock:
        _waiting[key].append(ended)
    ended.wait(_RETRY_SECONDS)
    with _lock:
        if ended in _waiting[key]:
            _waiting[key].remove(ended)
        if not _waiting[key]:
            del _waiting[key]


def reserved_concurrency_of(function):
    """Returns the limit of a function; None if it has none."""
    return lambda_svc._reserved_concurrency(function, function.get("config") or function)


@correction
def current_concurrency():
    """Applies a changed limit to invocations that already wait, which have an older record of the function.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    """

    @replaced(lambda_svc, "_reserved_concurrency")
    def reserved(original, function, config):
        return original(lambda_svc._functions.get(config.get("FunctionName")) or function, config)


@correction
def throttled_batches():
    """Retries a throttled batch of a queue as long as its messages are invisible to others, and receives none while the
    reserved concurrency of the function is in use. MiniStack treats the batch as failed.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    refused = threading.Event()

    @replaced(lambda_svc, "_execute_function")
    def execute(original, function, event):
        result = original(function, event)
        if invocation_sources.source.get() != invocation_sources.BATCH or not result.get("throttle"):
            return result
        queue = sqs._queue_by_arn(event["Records"][0]["eventSourceARN"])
        visible = time.monotonic() + int(queue["attributes"].get("VisibilityTimeout", 30)) if queue else 0
        while result.get("throttle") and time.monotonic() < visible and not lifecycle.is_stopping():
            wait_for_concurrency(function)
            result = original(function, event)
        return result

    @replaced(lambda_svc, "_sqs_esm_concurrency")
    def concurrency(original, esm, function, config, *rest):
        reserved = reserved_concurrency_of(function)
        if reserved is not None and lambda_svc._inflight.get(lambda_svc._inflight_key(config), 0) >= reserved:
            refused.set()
            return 0
        return original(esm, function, config, *rest)

    @replaced(lambda_svc, "_release_execution_slot")
    def release(original, key):
        original(key)
        with _lock:
            if _waiting.get(key):
                _waiting[key].popleft().set()
        if refused.is_set():
            refused.clear()
            lambda_svc._esm_wake.set()


@correction
def throttled_tasks():
    """Fails a task whose function is throttled with `Lambda.TooManyRequestsException`, which retriers name.

    https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
    """

    @replaced(stepfunctions, "_call_lambda")
    def call(original, reference, event):
        try:
            return original(reference, event)
        except stepfunctions._ExecutionError as error:
            body = json.loads(error.cause) if error.error == "Lambda.Unknown" and error.cause.startswith("{") else {}
            if body.get("__type") != "TooManyRequestsException":
                raise
            raise stepfunctions._ExecutionError("Lambda.TooManyRequestsException", body["message"]) from None
