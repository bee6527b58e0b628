"""Custom resources of CloudFormation."""

import threading

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from . import correction, replaced
from .throttled_work import reserved_concurrency_of, wait_for_concurrency


@correction
def custom_resources_that_crash():
    """Fails a custom resource at once when its function fails without a response, with the function's error.

    AWS repeats the call and waits for the service timeout, an hour by default. Nothing that the function could still
    send would arrive: it has ended.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
    """
    running = threading.local()

    @replaced(custom_resource, "invoke_custom_resource")
    def invoke(original, *args, **kwargs):
        running.custom = True
        try:
            return original(*args, **kwargs)
        finally:
            running.custom = False

    @replaced(lambda_svc, "_execute_function_with_config_scope")
    def execute(original, record, event, *args, **kwargs):
        if not getattr(running, "custom", False):
            return original(record, event, *args, **kwargs)
        running.custom = False
        response = original(record, event, *args, **kwargs)
        # CloudFormation invokes the function asynchronously: a throttled invocation waits.
        while response.get("throttle") and reserved_concurrency_of(record) != 0:
            wait_for_concurrency(record)
            response = original(record, event, *args, **kwargs)
        if isinstance(response, dict) and response.get("error"):
            _fail(event["ResponseURL"].rsplit("/", 1)[1], _failure(response, record))
        return response


def _fail(token, failure):
    with custom_resource._lock:
        pending = custom_resource._pending.get(token)
    # A response before the failure counts.
    if pending and not pending["event"].is_set():
        custom_resource.deliver_response(token, failure)


def _failure(response, record):
    body = response.get("body")
    error = body if isinstance(body, dict) else {}
    name = (record.get("config") or record).get("FunctionName", "")
    kind = error.get("errorType") or error.get("__type", "Error")
    reason = f"{kind}: {error.get('errorMessage') or error.get('message', 'no message')}"
    return {"Status": "FAILED", "Reason": f"{reason} (see the log group /aws/lambda/{name})"}
