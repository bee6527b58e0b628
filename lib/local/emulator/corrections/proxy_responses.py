"""Responses of a REST API to the results of functions."""

import json

from ministack.services import apigateway_v1 as gateway

from . import correction, replaced

_PROXY_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
_RESPONSE_LIMIT = 6 * 1024 * 1024


@correction
def failed_functions():
    """Returns 502 if a function fails, or returns a result that is invalid for Lambda proxy integration.

    The error itself stays in the function's log: the caller gets "Internal server error", by the gateway responses.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
    """

    @replaced(gateway, "_lambda_proxy_response")
    def proxy_response(original, result):
        if result.get("throttle"):
            return None, _THROTTLED
        result_body = result.get("body")
        if result.get("error") or not _is_well_formed(result_body):
            return None, _FAILED
        return original({**result, "body": {"statusCode": 200, **result_body}})

    @replaced(gateway, "_execute_in_scope")
    async def execute(original, request, *args):
        response = await original(request, *args)
        if not isinstance(response, tuple) or response[0] != 502 or response[2] not in _REASONS:
            return response
        customized = gateway._deployed_gateway_responses.get(request["api_id"], {}).get(
            request["stage"].get("deploymentId"), {}
        )
        status, headers, body = gateway._gateway_error_response(
            gateway._GatewayError("INTEGRATION_FAILURE", "Internal server error", "InternalServerErrorException"), request
        )
        # Its built-in status is 504, but a failed function is a 502.
        configured_status = customized.get("INTEGRATION_FAILURE", {}).get("statusCode", "504")
        if _REASONS[response[2]] == _THROTTLED:
            return 500, headers, body
        return (502 if configured_status == "504" else status), headers, body


# MiniStack returns the reason as the body of a 502; these reasons mark the responses to render.
_FAILED, _THROTTLED = "trellis: failed", "trellis: throttled"
_REASONS = {json.dumps({"message": reason}).encode(): reason for reason in (_FAILED, _THROTTLED)}


def _is_well_formed(result_body):
    if not isinstance(result_body, dict) or not result_body.keys() <= _PROXY_KEYS:
        return False
    body, status = result_body.get("body"), result_body.get("statusCode", 200)
    if not isinstance(body, (str, type(None))) or len(body or "") > _RESPONSE_LIMIT:
        return False
    return str(status).isdigit() and 100 <= int(status) <= 599
