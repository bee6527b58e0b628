"""Import of an OpenAPI operation as a method of a REST API."""

from ministack.services import apigateway_v1 as gateway

from .openapi_schema import model_of

_LOCATIONS = {"query": "querystring", "header": "header", "path": "path"}


def import_operation(api_id, resource_id, http_method, operation, path_item, context):
    spec = context["spec"]
    validator = operation.get("x-amazon-apigateway-request-validator", spec.get("x-amazon-apigateway-request-validator"))
    if validator is not None and validator not in context["validators"]:
        raise ValueError(f"Unable to import {http_method}: unknown request validator {validator}.")
    gateway._put_method(
        api_id,
        resource_id,
        http_method,
        {
            **gateway._method_security(operation.get("security", spec.get("security")), context["schemes"]),
            "operationName": operation.get("operationId", ""),
            "requestParameters": _parameters(operation, path_item, spec),
            "requestModels": _request_models(api_id, operation, spec),
            "requestValidatorId": context["validators"].get(validator),
        },
    )
    for status, response in (operation.get("responses") or {}).items():
        gateway._put_method_response(api_id, resource_id, http_method, str(status), _method_response(response, spec))
    integration = operation.get("x-amazon-apigateway-integration")
    if integration:
        _import_integration(api_id, resource_id, http_method, integration)


def _resolved(node, spec):
    """Resolves a parameter, body or response that may be a reference to the document's components."""
    while isinstance(node, dict) and "$ref" in node:
        target = spec
        for part in node["$ref"].lstrip("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def _parameters(operation, path_item, spec):
    declared = [*(path_item.get("parameters") or []), *(operation.get("parameters") or [])]
    parameters = {}
    for parameter in (_resolved(item, spec) for item in declared):
        location = _LOCATIONS.get(parameter.get("in"))
        if location:
            required = bool(parameter.get("required")) or location == "path"
            parameters[f"method.request.{location}.{parameter['name']}"] = required
    return parameters


def _request_models(api_id, operation, spec):
    content = (_resolved(operation.get("requestBody") or {}, spec)).get("content") or {}
    return {kind: model_of(api_id, media["schema"]) for kind, media in content.items() if media.get("schema")}


def _method_response(response, spec):
    headers = _resolved(response or {}, spec).get("headers") or {}
    return {"responseParameters": {f"method.response.header.{name}": False for name in headers}}


def _import_integration(api_id, resource_id, http_method, integration):
    gateway._put_integration(
        api_id,
        resource_id,
        http_method,
        {
            **{key: value for key, value in integration.items() if key != "responses"},
            "type": str(integration.get("type", "")).upper(),
            "passthroughBehavior": str(integration.get("passthroughBehavior", "when_no_match")).upper(),
        },
    )
    for pattern, response in (integration.get("responses") or {}).items():
        gateway._put_integration_response(
            api_id,
            resource_id,
            http_method,
            str(response.get("statusCode", "200")),
            {**response, "selectionPattern": "" if pattern == "default" else pattern},
        )
