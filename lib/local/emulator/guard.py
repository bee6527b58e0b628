"""Decides who may call the emulator, before anything of it sees a request.

A loopback address is no protection: every page in a browser can send requests to it, also under a name of its own
(DNS rebinding, https://developer.mozilla.org/docs/Web/Security/Attacks/DNS_rebinding), and so can other users of the machine.
"""

import asyncio
import contextvars
import hashlib
import hmac
import json
import os
import re
import secrets
import sys
import uuid

from ministack import app as emulator
from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import AuthError
from ministack.core.lambda_runtime import ProvidedWorker
from ministack.core.responses import get_account_id
from ministack.core.router import detect_service
from ministack.services import lambda_svc
from planes import APP, LINK, OWNER, SIGNED, Request, is_served_name, plane_of

_LOOPBACK = re.compile(r"(127\.0\.0\.1|\[::1\]|localhost|([a-z0-9_-]+\.)+localhost)(:(\d+))?", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{64}")
_LINK_KEY = secrets.token_bytes(32)

# The key and the credential of a request whose signature was found good here: MiniStack need not compute it again.
_verified = contextvars.ContextVar("trellis_verified", default=None)


def install():
    # Functions inherit the environment.
    token = os.environ.pop("TRELLIS_LOCAL_TOKEN", "")
    original = emulator.app

    async def app(scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            return await original(scope, receive, send)
        _verified.set(None)
        request = Request(scope)
        refusal = _wrong_address(request)
        plane = None if refusal else plane_of(request, _link_signature)
        if not refusal and plane != APP:
            refusal = _foreign_page(request)
            send = _without_cors(send)
        if not refusal and plane == OWNER and not _has_token(request, token):
            refusal = "This address needs the token of the local cloud's owner."
        if refusal:
            return await _refuse(request, send, refusal)
        if plane == SIGNED:
            receive, body = await _whole_body(receive) if request.is_http else (receive, b"")
            if body is None:
                return None
            failure = _verify(request, body)
            if failure:
                return await _refuse_credentials(request, send, failure)
        return await original(scope, receive, send)

    emulator.app = app
    _verify_root()
    _keep_verdicts()
    _sign_links()
    _guard_runtime_api()
    _listen_on_loopback_only()


def checked_address(app):
    """The app of another port, which all belongs to the deployed app: only the address is checked."""

    async def checked(scope, receive, send):
        request = Request(scope) if scope["type"] in ("http", "websocket") else None
        refusal = request and _wrong_address(request)
        return await (_refuse(request, send, refusal) if refusal else app(scope, receive, send))

    return checked


def _wrong_address(request):
    if not request.raw_path.startswith("/"):
        return "The target of a request must be a path."
    hosts = request.values("host")
    local = _LOOPBACK.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if local and int(local[4] or 80) == request.port:
        return None
    if len(hosts) == 1 and is_served_name(request):
        return None
    return "The Host header must name this machine and this port: http://127.0.0.1:%d." % request.port


def _foreign_page(request):
    """Management is for programs: no page may use it, unless the emulator itself has served it."""
    sites, origins = request.values("sec-fetch-site"), request.values("origin")
    own = f"http://{request.host}".lower()
    if all(site in ("same-origin", "none") for site in sites) and all(origin.lower() == own for origin in origins):
        return None
    return "Web pages may call the deployed app, but not the cloud that it runs on."


def _has_token(request, token):
    sent = request.values("authorization")
    return bool(token) and len(sent) == 1 and hmac.compare_digest(sent[0].encode(), f"Bearer {token}".encode())


def _verify(request, body):
    """The failure of a request's signature, by MiniStack's own verification, which knows users, sessions and root."""
    if len(request.values("authorization")) > 1:
        return AuthError("IncompleteSignature", "A request must have one Authorization header.")
    iam_evaluator.pin_signed_request(request.method, request.raw_path, request.query, request.scope["headers"])
    iam_evaluator.pin_signed_body(body)
    signed = iam_evaluator._signed_request.get()
    if signed is None:
        return AuthError(
            "MissingAuthenticationToken",
            "The request has no signature. AWS's tools get keys of this local cloud by: npx trellis info --env",
        )
    if signed.s3_scoped:
        return AuthError("SignatureDoesNotMatch", "Credential should be scoped to the correct service.")
    key = signed.access_key_id
    try:
        account = iam_evaluator.find_iam_access_key_account(key)
    except iam_evaluator.AmbiguousAccessKeyError:
        return AuthError("InvalidClientTokenId", "The security token included in the request is invalid.")
    if account is None:
        account = key if re.fullmatch(r"\d{12}", key) else os.environ["MINISTACK_ACCOUNT_ID"]
    credential = iam_evaluator.authenticate(key, account)
    if credential is None or isinstance(credential, AuthError):
        return credential or AuthError("IncompleteSignature", "The request has no complete signature.")
    declared = request.headers.get("x-amz-content-sha256", "")
    if _HASH.fullmatch(declared) and declared != hashlib.sha256(body).hexdigest():
        return AuthError("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
    _verified.set((key, credential))
    return None


def _verify_root():
    """MiniStack verifies the signatures of users and sessions. Those of root it takes as they are, and any key called
    `test` or any account id for root's."""
    identify = iam_evaluator.resolve_caller_identity
    iam_evaluator._is_root_key = lambda access_key_id: False  # Asked for this only, and below.

    def resolve_caller_identity(access_key_id):
        if not access_key_id or not iam_evaluator.is_root_access_key(access_key_id):
            return identify(access_key_id)
        account = get_account_id()
        return {
            "accessKey": access_key_id,
            "accountId": account,
            "userArn": f"arn:aws:iam::{account}:root",
            "userId": account,
            "principalOrgId": iam_evaluator._principal_org_id(account),
            "session": None,
        }

    for name, module in list(sys.modules.items()):
        if name.startswith("ministack.") and getattr(module, "resolve_caller_identity", None) is identify:
            module.resolve_caller_identity = resolve_caller_identity


def _keep_verdicts():
    original = iam_evaluator.authenticate

    def authenticate(access_key_id, account_id):
        verdict, pinned = _verified.get(), iam_evaluator._signed_request.get()
        if verdict is None or pinned is None or not verdict[0] == access_key_id == pinned.access_key_id:
            return original(access_key_id, account_id)
        iam_evaluator._signed_request.set(None)
        iam_evaluator._verified_key.set(access_key_id)
        return verdict[1]

    iam_evaluator.authenticate = authenticate


async def _whole_body(receive):
    """All of the body, and what gives it once more; none if the client is gone."""
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return receive, None
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def again():
        return pending.pop() if pending else await receive()

    return again, body


def _without_cors(send):
    async def sent(message):
        if message["type"] == "http.response.start":
            headers = [field for field in message.get("headers", []) if not field[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": headers}
        await send(message)

    return sent


async def _refuse(request, send, message):
    await _answer(request, send, 403, {"Content-Type": "application/json"}, json.dumps({"message": message}).encode())


async def _refuse_credentials(request, send, failure):
    service = detect_service(request.method, request.path, request.headers, request.query)
    answer = emulator._credential_failure(service, "", str(uuid.uuid4()), failure, request.headers)
    await _answer(request, send, *answer)


async def _answer(request, send, status, headers, body):
    if not request.is_http:
        return await send({"type": "websocket.close", "code": 1008})
    fields = [(name.lower().encode(), str(value).encode()) for name, value in headers.items()]
    fields = [field for field in fields if field[0] != b"content-length"]
    await send({"type": "http.response.start", "status": status, "headers": [*fields, (b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})


def _link_signature(path):
    return hmac.new(_LINK_KEY, path.encode(), hashlib.sha256).hexdigest()


def _sign_links():
    """The addresses of code and layers, presigned on AWS, can be used by who was given them only."""
    code, layer = lambda_svc._presigned_code_url, lambda_svc._layer_content_url

    def signed(url):
        path = "/" + url.split("?")[0].split("/", 3)[3]
        return f"{url}{'&' if '?' in url else '?'}signature={_link_signature(path)}"

    lambda_svc._presigned_code_url = lambda *args: signed(code(*args))
    lambda_svc._layer_content_url = lambda *args: signed(layer(*args))


def _guard_runtime_api():
    """The Runtime API of custom runtimes, on ports of its own, is for them: they are no browsers."""
    build = ProvidedWorker._build_handler_class

    def handler_class(*args):
        class Handler(build(*args)):
            def parse_request(self):
                if not super().parse_request():
                    return False
                own = f"127.0.0.1:{self.server.server_address[1]}"
                foreign = any(self.headers.get(name) for name in ("Origin", "Sec-Fetch-Site"))
                if self.headers.get_all("Host") == [own] and not foreign:
                    return True
                self.send_error(403)
                return False

        return Handler

    ProvidedWorker._build_handler_class = handler_class


def _listen_on_loopback_only():
    """Databases would be served on every interface."""
    start = asyncio.start_server

    def start_server(callback, host=None, port=None, **rest):
        return start(callback, "127.0.0.1" if host in ("", "0.0.0.0", "::") else host, port, **rest)

    asyncio.start_server = start_server
