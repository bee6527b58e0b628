"""OpenAPI documents as the body of a REST API."""

import json

from ministack.services import apigateway_v1 as gateway
from ministack.services.cloudformation import provisioners

from . import correction
from .openapi_operation import import_operation
from .openapi_schema import import_schemas

_METHODS = ("get", "post", "put", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method")


@correction
def openapi_body():
    """Imports the `Body` of AWS::ApiGateway::RestApi, with API Gateway's extensions.

    The import includes validators, models, required parameters, gateway responses and every setting of an
    integration. An update overwrites the API in place, so that its id, URL and stages stay.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
    https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html
    """
    handler = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    create, update = handler["create"], handler["update"]

    def created(logical_id, props, stack_name):
        body = props.get("Body")
        if not isinstance(body, dict):
            return create(logical_id, props, stack_name)
        info = body.get("info") or {}
        named = {**props, "Body": None, "Name": props.get("Name") or info.get("title")}
        api_id, _ = create(logical_id, named, stack_name)
        try:
            _overwrite(api_id, body)
        except Exception:
            gateway._delete_rest_api(api_id)
            raise
        return api_id, provisioners._apigw_rest_api_attrs(api_id)

    def updated(physical_id, old_props, new_props, stack_name, logical_id=None):
        if isinstance(new_props.get("Body"), dict) and new_props["Body"] != old_props.get("Body"):
            _overwrite(physical_id, new_props["Body"])
        same_body = {**old_props, "Body": new_props.get("Body")}
        return update(physical_id, same_body, new_props, stack_name, logical_id)

    handler["create"], handler["update"] = created, updated


def _overwrite(api_id, spec):
    """Replaces all parts that the document defines; stages, deployments and the root resource stay."""
    root = next(resource for resource in gateway._resources[api_id].values() if resource["path"] == "/")
    root["resourceMethods"] = {}
    gateway._resources[api_id] = {root["id"]: root}
    for store in ("_models", "_request_validators", "_authorizers_v1", "_gateway_responses"):
        getattr(gateway, store)[api_id] = {}

    _import_settings(api_id, spec)
    _import_gateway_responses(api_id, spec)
    import_schemas(api_id, spec)
    context = {
        "spec": spec,
        "schemes": gateway._import_security_schemes(api_id, spec),
        "validators": _import_validators(api_id, spec),
    }
    for path, item in (spec.get("paths") or {}).items():
        resource_id = _resource(api_id, root["id"], path)
        for method, operation in item.items():
            if method.lower() in _METHODS:
                name = "ANY" if method.startswith("x-") else method.upper()
                import_operation(api_id, resource_id, name, operation or {}, item, context)


def _import_settings(api_id, spec):
    api = gateway._rest_apis[api_id]
    for extension, setting in (
        ("x-amazon-apigateway-binary-media-types", "binaryMediaTypes"),
        ("x-amazon-apigateway-minimum-compression-size", "minimumCompressionSize"),
        ("x-amazon-apigateway-api-key-source", "apiKeySource"),
        ("x-amazon-apigateway-policy", "policy"),
    ):
        if extension in spec:
            api[setting] = spec[extension]


def _import_validators(api_id, spec):
    ids = {}
    for name, checks in (spec.get("x-amazon-apigateway-request-validators") or {}).items():
        _, _, response = gateway._create_request_validator(api_id, {**checks, "name": name})
        ids[name] = json.loads(response)["id"]
    return ids


def _import_gateway_responses(api_id, spec):
    for response_type, response in (spec.get("x-amazon-apigateway-gateway-responses") or {}).items():
        status, _, response = gateway._put_gateway_response(api_id, response_type, response)
        if status >= 400:
            raise ValueError(f"Unable to import the gateway response {response_type}: {response.decode()}")


def _resource(api_id, root_id, path):
    parent = root_id
    for part in filter(None, path.strip("/").split("/")):
        children = gateway._resources[api_id].values()
        child = next((r["id"] for r in children if r["parentId"] == parent and r["pathPart"] == part), None)
        if child is None:
            _, _, response = gateway._create_resource(api_id, parent, {"pathPart": part})
            child = json.loads(response)["id"]
        parent = child
    return parent
