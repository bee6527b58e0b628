"""What a REST API answers itself: its limits and its gateway responses."""

import datetime
import re

from ministack.services import apigateway_v1 as gateway

from . import correction, replaced

_LIMIT = 10 * 1024 * 1024
_FUNCTION_LIMIT = 6 * 1024 * 1024


@correction
def payload_limits():
    """A request body over 10 MB, or over 6 MB on its way to a function, is answered with 413.

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
    """A gateway response renders every variable of `$context`, and its headers have one value each.

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
            for other in [known for known in single if known.lower() == name.lower()]:
                del single[other]
            single[name] = value
        values = _context(error, request)
        text = gateway._GATEWAY_TEMPLATE_VARIABLE.sub(
            lambda variable: values.get(variable.group(1) or variable.group(2), ""), body.decode()
        )
        return status, single, text.encode()


def _context(error, request):
    """The variables MiniStack leaves in place; any other of them renders as nothing."""
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
def mock_templates():
    """The response template of a MOCK integration is rendered; without one the body is empty.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
    """

    @replaced(gateway, "_invoke_mock_v1")
    def mock(original, integration):
        status, headers, body = original(integration)
        responses = (integration.get("integrationResponses") or {}).values()
        templates = [t for response in responses for t in (response.get("responseTemplates") or {}).values()]
        if body == b"{}" and "{}" not in templates:
            return status, headers, b""
        if b"#" in body or b"$" in body:
            parameters = {"path": {}, "querystring": {}, "header": {}}
            rendered = gateway._render_request_template_v1(
                body.decode(), "", parameters, {"requestId": gateway.new_uuid()}
            )
            return status, headers, rendered.encode()
        return status, headers, body
