"""Raw path of a request."""

from contextvars import ContextVar
from urllib.parse import unquote

import ministack.app
from ministack.services import apigateway_v1 as gateway
from ministack.services import lambda_svc

from . import correction, replaced

_written = ContextVar("path as written", default=None)


@correction
def written_path_parameters():
    """Matches the encoded segments of a path, and passes encoded path parameters to integrations, as REST APIs do.

    So `%2F` is data within a segment, and `%` is encoded as `%25`. MiniStack decodes the path first, which matches
    another resource, and makes handlers decode parameters twice.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
    """

    replaced(ministack.app, "_handle_execute_api_request")(_noted)

    @replaced(gateway, "_execute_in_scope")
    async def execute(original, request, api_id, stage_name, method, path, *rest):
        return await original(request, api_id, stage_name, method, _as_written(path), *rest)

    @replaced(gateway, "_match_recursive")
    def match(original, resources, parent_id, segments, params):
        # A fixed segment matches in every encoding.
        fixed = {resource.get("pathPart") for resource in resources.values() if resource.get("parentId") == parent_id}
        first = unquote(segments[0]) if segments else None
        return original(resources, parent_id, [first, *segments[1:]] if first in fixed else segments, params)


@correction
def written_function_url_paths():
    """Passes the encoded path as `rawPath` to the function of a function URL.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
    """
    replaced(ministack.app, "_handle_special_data_plane_request")(_noted)

    @replaced(lambda_svc, "_build_function_url_event")
    def event(original, url_id, account_id, region, method, path, *args, **kwargs):
        built = original(url_id, account_id, region, method, path, *args, **kwargs)
        return {**built, "rawPath": _as_written(path)}


async def _noted(original, *args, raw_path=None, **kwargs):
    token = _written.set(raw_path)
    try:
        return await original(*args, raw_path=raw_path, **kwargs)
    finally:
        _written.reset(token)


def _as_written(path):
    """Returns the end of the encoded path that decodes to this path."""
    written = _written.get() or ""
    end = len(written)
    while (end := written.rfind("/", 0, end)) >= 0:
        if unquote(written[end:]) == path:
            return written[end:]
    return path


def decoded(parameters):
    return {name: unquote(value) for name, value in (parameters or {}).items()}
