"""Access control of the emulator, before any other code gets a request.

A loopback address does not protect it: every page in a browser can send requests to it, also under its own domain name
(DNS rebinding, https://developer.mozilla.org/docs/Web/Security/Attacks/DNS_rebinding), and so can other users of the machine.
"""

import hmac
import json
import os
import re
import uuid

import unsigned_requests
import other_entry_points
import signatures
from ministack import app as emulator
from ministack.core.router import detect_service
from request_planes import APP, LINK, OWNER, SIGNED, Request, is_served_name, plane_of

_LOOPBACK = re.compile(r"(127\.0\.0\.1|\[::1\]|localhost|([a-z0-9_-]+\.)+localhost)(:(\d+))?", re.IGNORECASE)


def install():
    # Functions inherit the environment.
    token = os.environ.pop("TRELLIS_LOCAL_TOKEN", "")
    original = emulator.app

    async def app(scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            return await original(scope, receive, send)
        signatures.forget()
        unsigned_requests.begin()
        request = Request(scope)
        refusal = _wrong_address(request)
        plane = None if refusal else plane_of(request, other_entry_points.link_signature)
        if not refusal and plane != APP:
            refusal = _foreign_page(request)
            send = _without_cors(send)
        if not refusal and plane == OWNER and not _has_token(request, token):
            refusal = "This path requires the token of the local cloud's owner."
        if refusal:
            return await _reject(request, send, refusal)
        if plane in (APP, LINK):
            unsigned_requests.mark(request)
        if plane == SIGNED:
            receive, body = await _whole_body(receive) if request.is_http else (receive, b"")
            if body is None:
                return None
            failure = signatures.failure_of(request, body)
            if failure:
                return await _reject_credentials(request, send, failure)
        return await original(scope, receive, send)

    emulator.app = app
    signatures.install()
    other_entry_points.install()
    unsigned_requests.install()


def checked_address(app):
    """Wraps the app of another port: all of it belongs to the deployed app, so only the address is checked."""

    async def checked(scope, receive, send):
        request = Request(scope) if scope["type"] in ("http", "websocket") else None
        refusal = request and _wrong_address(request)
        if request:
            signatures.forget()
            unsigned_requests.begin()
            unsigned_requests.mark(request)
            signatures.pin(request)
        return await (_reject(request, send, refusal) if refusal else app(scope, receive, send))

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
    """Rejects web pages, except pages that the emulator has served: management is for programs."""
    sites, origins = request.values("sec-fetch-site"), request.values("origin")
    same_origin = f"http://{request.host}".lower()
    if all(site in ("same-origin", "none") for site in sites) and all(origin.lower() == same_origin for origin in origins):
        return None
    return "Web pages may call the deployed app, but not the management of the local cloud."


def _has_token(request, token):
    sent = request.values("authorization")
    return bool(token) and len(sent) == 1 and hmac.compare_digest(sent[0].encode(), f"Bearer {token}".encode())


async def _whole_body(receive):
    """Returns a `receive` that replays the body, and the body; the body is None if the client has disconnected."""
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


async def _reject(request, send, message):
    await _respond(request, send, 403, {"Content-Type": "application/json"}, json.dumps({"message": message}).encode())


async def _reject_credentials(request, send, failure):
    service = detect_service(request.method, request.path, request.headers, request.query)
    response = emulator._credential_failure(service, "", str(uuid.uuid4()), failure, request.headers)
    await _respond(request, send, *response)


async def _respond(request, send, status, headers, body):
    if not request.is_http:
        return await send({"type": "websocket.close", "code": 1008})
    fields = [(name.lower().encode(), str(value).encode()) for name, value in headers.items()]
    fields = [field for field in fields if field[0] != b"content-length"]
    await send({"type": "http.response.start", "status": status, "headers": [*fields, (b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})
