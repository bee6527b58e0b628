"""Step Functions."""

import json
import urllib.parse

import ministack.app
from ministack.core.responses import get_account_id, get_region
from ministack.services import stepfunctions

from . import correction, replaced


@correction
def durable_executions():
    """Replaces the interpreter: executions survive the process, with heartbeats, limits, redrives and branch contexts.

    https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
    """
    import workflows

    workflows.install()


@correction
def event_source_mappings_of_tasks():
    """Supports `aws-sdk:lambda:getEventSourceMapping` in tasks.

    https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
    """

    @replaced(stepfunctions, "_dispatch_aws_sdk_lambda_rest")
    def dispatch(original, service_info, service_name, action, input_data):
        if action != "getEventSourceMapping":
            return original(service_info, service_name, action, input_data)
        path = f"/2015-03-31/event-source-mappings/{urllib.parse.quote(str(input_data.get('Uuid')), safe='')}"
        region = get_region()
        credential = f"{get_account_id()}/20260101/{region}/lambda/aws4_request"
        headers = {
            "content-type": "application/json",
            "host": f"lambda.{region}.amazonaws.com",
            "authorization": f"AWS4-HMAC-SHA256 Credential={credential}",
        }
        handler = ministack.app.SERVICE_HANDLERS["lambda"]
        status, _, body = ministack.app.call_service_handler_sync(handler, "GET", path, headers, b"", {})
        response = json.loads(body)
        if status >= 400:
            code = response.get("__type") or "ServiceException"
            message = response.get("message") or response.get("Message")
            raise stepfunctions._ExecutionError(stepfunctions._prefix_sdk_error(service_name, code), message)
        return stepfunctions._convert_keys_to_sfn_convention(response)
