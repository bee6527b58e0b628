"""Schemas of an OpenAPI document, imported as models."""

import hashlib
import json

from ministack.services import apigateway_v1 as gateway

_COMPONENTS = ("#/components/schemas/", "#/definitions/")


def import_schemas(api_id, spec):
    schemas = (spec.get("components") or {}).get("schemas") or spec.get("definitions") or {}
    for name, schema in schemas.items():
        _create(api_id, name, schema)


def model_of(api_id, schema):
    """Returns the name of the model of a body. Creates a model for an inline schema."""
    reference = schema.get("$ref", "") if isinstance(schema, dict) else ""
    for prefix in _COMPONENTS:
        if reference.startswith(prefix) and "/" not in reference[len(prefix) :]:
            return reference[len(prefix) :]
    name = "Model" + hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()[:12]
    if name not in gateway._models[api_id]:
        _create(api_id, name, schema)
    return name


def _create(api_id, name, schema):
    status, _, response = gateway._create_model(
        api_id, {"name": name, "schema": json.dumps(_with_model_references(api_id, schema))}
    )
    if status >= 400:
        raise ValueError(f"Unable to import the model {name}: {response.decode()}")


def _with_model_references(api_id, node):
    """Converts references between schemas to references between models of the API."""
    if isinstance(node, list):
        return [_with_model_references(api_id, item) for item in node]
    if not isinstance(node, dict):
        return node
    converted = {key: _with_model_references(api_id, value) for key, value in node.items()}
    reference = node.get("$ref")
    for prefix in _COMPONENTS:
        if isinstance(reference, str) and reference.startswith(prefix):
            name, slash, pointer = reference[len(prefix) :].partition("/")
            url = f"https://apigateway.amazonaws.com/restapis/{api_id}/models/{name}"
            converted["$ref"] = f"{url}#/{pointer}" if slash else url
    return converted
