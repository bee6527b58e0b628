"""Cache of a stage."""

import time

from ministack.services import apigateway_v1 as gateway

from . import correction, replaced
from .cloudformation_properties import _after

_WARNING = "199 Cache-control headers were ignored because the caller was unauthorized."


@correction
def response_cache():
    """Caches the responses of methods with caching enabled, by the integration's key parameters, for every status.

    `Cache-Control: max-age=0` is ignored with a warning: the invalidation of an entry requires AWS credentials with
    execute-api:InvalidateCache, by the default of a stage.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
    """
    entries = {}

    def enable(stage_name, props):
        stage = gateway._stages_v1.get(props["RestApiId"], {}).get(stage_name)
        if stage:
            stage["cacheClusterEnabled"] = props.get("CacheClusterEnabled") in (True, "true")

    _after("AWS::ApiGateway::Stage", enable)
    for invoke in ("_invoke_lambda_proxy_v1", "_invoke_sqs_v1", "_invoke_lambda_custom_v1"):

        @replaced(gateway, invoke)
        async def cached(original, *args, **kwargs):
            integration, api_id, stage_name, stage, resource, _path, method, headers, _body, query, path = args[:11]
            settings = (stage.get("methodSettings") or {}).get(f"{resource['path']}/{method}") or {}
            if not (stage.get("cacheClusterEnabled") and settings.get("cachingEnabled")):
                return await original(*args, **kwargs)
            places = {"path": path or {}, "querystring": query or {}, "header": headers}
            values = [_value(name, places) for name in integration.get("cacheKeyParameters") or []]
            key = (api_id, stage_name, stage.get("deploymentId"), resource["id"], method, *values)
            until, response = entries.get(key, (0, None))
            if until <= time.time():
                response = await original(*args, **kwargs)
                if isinstance(response, tuple):
                    entries[key] = (time.time() + float(settings.get("cacheTtlInSeconds", 300)), response)
                return response
            status, kept, text = response
            ignored = "max-age=0" in gateway._header_ci(headers, "cache-control")
            return status, {**kept, **({"Warning": _WARNING} if ignored else {})}, text


def _value(parameter, places):
    _method, _request, place, name = parameter.split(".", 3)
    if place == "header":
        return gateway._header_ci(places["header"], name)
    value = places[place].get(name)
    return tuple(value) if isinstance(value, list) else value
