"""Integrations of a REST API with mocks and AWS services."""

import contextvars
import json
import os
import re
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as xml

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from ministack.core.concurrency import run_reentrant
from ministack.core.responses import get_account_id, new_uuid
from ministack.services import apigateway_v1 as gateway
from ministack.services import iam, sts

from . import correction, replaced
from .encoded_paths import decoded
from .mapping_templates import Request, render

# Prefix of X-Amz-Target and content type, by service.
_TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "application/x-amz-json-1.0"),
    "events": ("AWSEvents", "application/x-amz-json-1.1"),
    "states": ("AWSStepFunctions", "application/x-amz-json-1.0"),
}


@correction
def mock_templates():
    """Renders the templates of a MOCK integration, which may override the status and headers of the response.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
    """

    @replaced(gateway, "_execute_in_scope")
    async def execute(original, request, api_id, stage_name, method, path, headers, body, query_params, *rest):
        _current.set((request, method, headers, body, query_params))
        return await original(request, api_id, stage_name, method, path, headers, body, query_params, *rest)

    @replaced(gateway, "_invoke_mock_v1")
    def mock(_original, integration):
        template_request = _request(*_current.get(), None)
        template = (integration.get("requestTemplates") or {}).get("application/json") or '{"statusCode":200}'
        try:
            backend_status = json.loads(render(template, template_request)).get("statusCode", 500)
        except ValueError:
            backend_status = 500
        return _response(integration, backend_status, "", template_request)


_current = contextvars.ContextVar("trellis_request")


@correction
def service_integrations():
    """Calls the service of an AWS integration with the integration's role and mapping templates.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-type-aws.html
    """
    replaced(gateway, "_invoke_sqs_v1")(_call_service)

    @replaced(gateway, "_invoke_lambda_custom_v1")
    async def invoke(original, integration, *args, **kwargs):
        spec = gateway._parse_service_integration_uri(integration.get("uri", ""))
        if spec is None or spec[1] == "lambda":
            return await original(integration, *args, **kwargs)
        return await _call_service(original, integration, *args, **kwargs)


async def _call_service(
    _original, integration, _api, stage_name, stage, resource, path, method, headers, body, query, path_params, **kwargs
):
    request = {
        "stage": stage,
        "stage_name": stage_name,
        "path_params": decoded(path_params),
        "resource_path": resource["path"],
        "request_id": new_uuid(),
    }
    template_request = _request(request, method, headers, body, query, kwargs.get("authorizer_context"))
    content_type = (gateway._header_ci(headers, "content-type") or "application/json").split(";", 1)[0].strip().lower()
    template = (integration.get("requestTemplates") or {}).get(content_type)
    payload = template_request.body if template is None else render(template, template_request)
    region, service, kind, rest = gateway._parse_service_integration_uri(integration["uri"])
    outgoing = {"Content-Type": "application/json"}
    if kind == "action" and service in _TARGETS:
        prefix, form = _TARGETS[service]
        outgoing = {"Content-Type": form, "X-Amz-Target": f"{prefix}.{rest}"}
    for destination, source in (integration.get("requestParameters") or {}).items():
        if destination.startswith("integration.request.header.") and source[:1] == "'":
            outgoing[destination.removeprefix("integration.request.header.")] = source[1:-1]
    outgoing.update(template_request.context["requestOverride"]["header"])
    address = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/{rest if kind == 'path' else ''}"
    credentials = _assume(integration.get("credentials"))
    if credentials is None:
        return gateway._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
    signed = AWSRequest("POST", address, data=payload.encode(), headers=outgoing)
    SigV4Auth(credentials, service, region).add_auth(signed)
    status, text = await run_reentrant(_send, signed.prepare(), thread_name="trellis-integration")
    return _response(integration, status, _as_json(text) if service == "sqs" else text, template_request)


def _as_json(text):
    """Converts MiniStack's XML to JSON, which API Gateway requests from services with the Query protocol."""

    def value(element):
        members = {child.tag.rpartition("}")[2]: value(child) for child in element}
        return members or element.text

    root = xml.fromstring(text)
    return json.dumps({root.tag.rpartition("}")[2]: value(root)})


def _send(prepared):
    request = urllib.request.Request(prepared.url, data=prepared.body, headers=dict(prepared.headers), method="POST")
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def _assume(role_arn):
    """Returns credentials of a role that trusts API Gateway; None if the role is missing or does not trust it."""
    role = iam._roles.get((role_arn or "").split("/")[-1])
    if role is None or "apigateway.amazonaws.com" not in str(role.get("AssumeRolePolicyDocument")):
        return None
    key, secret, token = sts._gen_session_access_key(), sts._gen_secret(), sts._gen_session_token()
    account, name = get_account_id(), role_arn.split("/")[-1]
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/BackplaneAssumeRoleSession",
            "UserId": f"{sts._role_id(role_arn)}:BackplaneAssumeRoleSession",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": time.time() + 900,
            "AccountId": account,
            "PrincipalType": "AssumedRole",
        },
    )
    return Credentials(key, secret, token)


def _request(request, method, headers, body, query_params, authorizer):
    single = {name: value[0] if isinstance(value, list) else value for name, value in (query_params or {}).items()}
    context = {
        "requestId": request["request_id"],
        "httpMethod": method,
        "stage": request["stage_name"],
        "resourcePath": request["resource_path"],
        "authorizer": authorizer or {},
    }
    variables = (request["stage"] or {}).get("variables") or {}
    text = body.decode("utf-8", errors="replace") if body else ""
    return Request(text, dict(headers or {}), single, dict(request["path_params"] or {}), context, variables)


def _response(integration, backend_status, backend_text, template_request):
    """Selects the integration response by the status, renders its template and applies the template's overrides."""
    selected = gateway._select_service_integration_response(integration, backend_status)
    if selected is None:
        return gateway._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
    template = (selected.get("responseTemplates") or {}).get("application/json")
    text = backend_text if template is None else render(template, template_request, backend_text)
    response_headers = {"Content-Type": "application/json"}
    for name, source in (selected.get("responseParameters") or {}).items():
        if name.startswith("method.response.header.") and re.fullmatch("'.*'", source):
            _set(response_headers, name.removeprefix("method.response.header."), source[1:-1])
    override = template_request.context["responseOverride"]
    for name, value in override["header"].items():
        _set(response_headers, name, value)
    status = int(override.get("status") or selected.get("statusCode") or 200)
    return status, response_headers, b"" if status in (204, 304) else text.encode()


def _set(headers, name, value):
    for existing in [header for header in headers if header.lower() == name.lower()]:
        del headers[existing]
    headers[name] = value
