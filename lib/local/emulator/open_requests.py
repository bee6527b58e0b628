"""Services that a request without a verified signature may reach.

The app's own addresses are open to everyone (planes.py). If none of them serves a request, MiniStack passes it to its
generic dispatcher, which chooses a service by the Host label, a header or the body, and treats a request without an
access key as root. Only services that authorize such requests themselves may get them there.
"""

import contextvars

from ministack import app as emulator
from ministack.core.iam_evaluator import AuthError
from ministack.core.router import detect_service
from planes import PUBLIC_OPERATIONS

_open = contextvars.ContextVar("trellis_open_request", default=False)


def begin():
    """Clears the mark at the start of each request."""
    _open.set(False)


def mark():
    """Marks the request as one whose signature is not verified."""
    _open.set(True)


def install():
    original = emulator._dispatch_service_request

    async def dispatch(method, path, headers, body, query_params, request_id):
        if _open.get():
            params = emulator._routing_params(method, path, headers, body, query_params)
            service = detect_service(method, path, headers, params)
            if not _authorizes_itself(service, method, path, headers, query_params):
                failure = AuthError("MissingAuthenticationToken", "The request has no signature.")
                return emulator._credential_failure(service, "", request_id, failure, headers)
        return await original(method, path, headers, body, query_params, request_id)

    emulator._dispatch_service_request = dispatch


def _authorizes_itself(service, method, path, headers, query):
    target = headers.get("x-amz-target")
    if service == "s3":
        return target is None
    if target is not None:
        return path == "/" and method == "POST" and target in PUBLIC_OPERATIONS and service.startswith("cognito")
    if service == "appsync":
        return method == "POST" and (path in ("/graphql", "/event") or bool(emulator._APPSYNC_GRAPHQL_RE.match(path)))
    return service == "sns" and method == "GET" and query.get("Action") in (["ConfirmSubscription"], ["Unsubscribe"])
