"""Services that a request without a verified signature may reach.

The app's own addresses are open to everyone (request_planes.py). If none of them serves a request, MiniStack passes it to its
generic dispatcher, which chooses a service by the Host label, a header or the body, and treats a request without an
access key as root. Only services that authorize such requests themselves may get them there.
"""

import contextvars

from ministack import app as emulator
from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import AuthError
from ministack.core.router import detect_service
from ministack.services import apigateway
from request_planes import is_graphql, is_notification_link, is_public_operation

_open = contextvars.ContextVar("trellis_open_request", default=None)


def begin():
    """Clears the mark at the start of each request."""
    _open.set(None)


def mark(request):
    """Marks the request as one whose signature is not verified."""
    _open.set(request)


def install():
    _guard_dispatcher()
    _guard_bucket_hosts()
    _verify_callers()
    _require_callers_of_iam_routes()


def _guard_dispatcher():
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
    if service in ("appsync", "appsync-events"):
        return is_graphql(request)
    if service == "s3":
        # A bucket that exists authorizes requests; to list and create buckets, MiniStack lets everyone.
        return emulator._s3_cors_target("", request.path) is not None
    return service == "sns" and is_notification_link(request)


def _guard_bucket_hosts():
    original = emulator._handle_s3_vhost_request

    async def handle(host, path, *rest):
        if _open.get() is not None and emulator._s3_cors_target(host, path, path_style=False) is None:
            return None
        return await original(host, path, *rest)

    emulator._handle_s3_vhost_request = handle


def _verify_callers():
    """Checks permissions as those of the key whose signature is verified; a request without one has no permissions.

    MiniStack checks those of root if the Authorization header names no key, and those of any key that the query names
    besides such a header. S3 verifies the signatures of URLs later, itself.
    """
    original = iam_evaluator.enforce

    def enforce(access_key_id, iam_action, service, *args, **kwargs):
        if _open.get() is None:
            return original(access_key_id, iam_action, service, *args, **kwargs)
        if not access_key_id:
            iam_evaluator._anonymous.set(True)
        refused = original(access_key_id, iam_action, service, *args, **kwargs)
        if refused is None and access_key_id and service != "s3" and iam_evaluator._verified_key.get() != access_key_id:
            return AuthError("IncompleteSignature", "The request has no complete signature.")
        return refused

    iam_evaluator.enforce = enforce


def _require_callers_of_iam_routes():
    """Requires a verified signature for routes of HTTP APIs with IAM authorization: MiniStack requires any Authorization
    header."""
    original = emulator._enforce_execute_api

    def enforce(api_id, stage, method, path, *rest, **kwargs):
        refused = original(api_id, stage, method, path, *rest, **kwargs)
        if refused or iam_evaluator._verified_key.get():
            return refused
        if apigateway.route_authorization_type(api_id, stage, method, path) != "AWS_IAM":
            return None
        return 403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}'

    emulator._enforce_execute_api = enforce
