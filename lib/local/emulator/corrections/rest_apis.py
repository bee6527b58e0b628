"""Limits and gateway responses of a REST API."""

import datetime
import gzip
import json
import re

from ministack.core.responses import new_uuid
from ministack.services import apigateway_v1 as gateway
from ministack.services.cloudformation import provisioners

from . import correction, replaced
from .cloudformation_properties import _after

_LIMIT = 10 * 1024 * 1024
_FUNCTION_LIMIT = 6 * 1024 * 1024


@correction
def payload_limits():
    """Returns 413 for a request body over 10 MB, or over 6 MB for a function.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """

    @replaced(gateway, "_execute_in_scope")
    async def execute(original, request, api_id, stage_name, method, path, headers, body, *rest):
        stage = gateway._stages_v1.get(api_id, {}).get(stage_name)
        if stage and len(body or b"") > _LIMIT:
            request["stage"] = stage
            return gateway._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
        return await original(request, api_id, stage_name, method, path, headers, body, *rest)

    for integration in ("_invoke_lambda_proxy_v1", "_invoke_lambda_custom_v1"):
        replaced(gateway, integration)(_within_function_limit)


async def _within_function_limit(original, *args, **kwargs):
    body = args[8] or b""
    if len(body) > _FUNCTION_LIMIT:
        return gateway._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
    return await original(*args, **kwargs)


@correction
def gateway_response_templates():
    """Renders every variable of `$context` in a gateway response, and removes duplicate headers.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
    """

    @replaced(gateway, "_execute_in_scope")
    async def execute(original, request, api_id, stage_name, method, path, *rest):
        request.update(method=method, path=f"/{stage_name}{path}")
        return await original(request, api_id, stage_name, method, path, *rest)

    @replaced(gateway, "_gateway_error_response")
    def respond(original, error, request):
        status, headers, body = original(error, request)
        single = {}
        for name, value in headers.items():
            for existing in [header for header in single if header.lower() == name.lower()]:
                del single[existing]
            single[name] = value
        values = _context(error, request)
        text = gateway._GATEWAY_TEMPLATE_VARIABLE.sub(
            lambda variable: values.get(variable.group(1) or variable.group(2), ""), body.decode()
        )
        return status, single, text.encode()


def _context(error, request):
    """Returns the variables that MiniStack does not render; all others render as an empty string."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "context.apiId": request["api_id"],
        "context.error.validationErrorString": _escaped(error.message),
        "context.extendedRequestId": request["request_id"],
        "context.httpMethod": request.get("method", ""),
        "context.identity.sourceIp": "127.0.0.1",
        "context.identity.userAgent": _escaped(gateway._header_ci(request["headers"], "user-agent")),
        "context.path": _escaped(request.get("path", "")),
        "context.protocol": "HTTP/1.1",
        "context.requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "context.requestTimeEpoch": str(int(now.timestamp() * 1000)),
    }


def _escaped(text):
    return re.sub(r"[\x00-\x1f]", " ", (text or "").replace("\\", "\\\\").replace('"', '\\"'))


@correction
def compression():
    """Compresses responses from the API's minimum size for callers that accept it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-enable-compression.html
    """

    def set_size(api_id, props):
        gateway._rest_apis[api_id]["minimumCompressionSize"] = props.get("MinimumCompressionSize")

    _after("AWS::ApiGateway::RestApi", set_size)

    @replaced(gateway, "_handle_execute_in_scope")
    async def execute(original, api_id, stage_name, method, path, headers, *rest):
        status, response_headers, body = await original(api_id, stage_name, method, path, headers, *rest)
        min_size = (gateway._rest_apis.get(api_id) or {}).get("minimumCompressionSize")
        accepted = re.split(r"[,;\s]+", gateway._header_ci(headers, "accept-encoding"))
        encoded = gateway._header_ci(response_headers, "content-encoding")
        if min_size is None or len(body) < int(min_size) or "gzip" not in accepted or encoded:
            return status, response_headers, body
        return status, {**response_headers, "Content-Encoding": "gzip"}, gzip.compress(body)


@correction
def refused_credentials():
    """Returns the gateway response ACCESS_DENIED if AWS credentials may not call an operation.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    """
    import ministack.app

    @replaced(ministack.app, "_enforce_execute_api")
    def enforce(original, api_id, stage_name, method, path, headers, query_params, **kwargs):
        denied = original(api_id, stage_name, method, path, headers, query_params, **kwargs)
        stage = gateway.stages_for_api(api_id).get(stage_name)
        response = _json(denied[2]) if denied and stage else {}
        if "AccessDenied" not in str(response.get("__type")):
            return denied
        request = {
            "api_id": api_id,
            "stage_name": stage_name,
            "stage": stage,
            "headers": headers,
            "query_params": query_params,
            "path_params": {},
            "resource_path": "",
            "request_id": new_uuid(),
        }
        return gateway._gateway_error_response(gateway._gw_error("ACCESS_DENIED", response.get("message")), request)


def _json(body):
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


@correction
def method_settings():
    """Decodes `~1`, the slash, in the paths of a stage's method settings.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigateway-stage-methodsetting.html
    """

    @replaced(provisioners, "_apigw_method_settings")
    def settings(original, raw):
        if not isinstance(raw, list):
            return original(raw)
        return original([{**item, "ResourcePath": _path(item.get("ResourcePath", "/*"))} for item in raw])


def _path(resource_path):
    return resource_path[1:].replace("~1", "/") if resource_path.startswith("/~1") else resource_path
