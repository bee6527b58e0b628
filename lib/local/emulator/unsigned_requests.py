"""Services that a request without a verified signature may reach.

The app's own addresses are open to everyone (request_planes.py). If none of them serves a request, MiniStack passes it to its
generic dispatcher, which chooses a service by the Host label, a header or the body, and treats a request without an
access key as root. Only services that authorize such requests themselves may get them there.
"""

import contextvars

from ministack import app as emulator
from ministack.core.iam_evaluator import AuthError
from ministack.core.router import detect_service
from request_planes import is_graphql, is_notification_link, is_public_operation

_open = contextvars.ContextVar("trellis_open_request", default=None)


def begin():
    """Clears the mark at the start of each request."""
    _open.set(None)


def mark(request):
    """Marks the request as one whose signature is not verified."""
    _open.set(request)


def install():
    original = emulator._dispatch_service_request

    async def dispatch(method, path, headers, body, query_params, request_id):
        request = _open.get()
        if request is not None:
            params = emulator._routing_params(method, path, headers, body, query_params)
            service = detect_service(method, path, headers, params)
            if not _authorizes_itself(service, request):
                failure = AuthError("MissingAuthenticationToken", "The request has no signature.")
                return emulator._credential_failure(service, "", request_id, failure, headers)
        return await original(method, path, headers, body, query_params, request_id)

    emulator._dispatch_service_request = dispatch


def _authorizes_itself(service, request):
    if "x-amz-target" in request.headers:
        return service.startswith("cognito") and is_public_operation(request)
    if service == "appsync":
        return is_graphql(request)
    return service == "s3" or (service == "sns" and is_notification_link(request))
