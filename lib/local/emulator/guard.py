"""Decides who may call the emulator, before anything of it sees a request."""

import hmac
import json
import os

import ministack.app

_CONTROL = ("/_trellis/", "/_ministack/")
# URLs that are handed out with a random token in their path: on AWS, presigned URLs of S3.
_HANDED_OUT = ("/_ministack/cfn-response/", "/_ministack/cfn-signal/", "/_ministack/lambda-code/", "/_ministack/lambda-layers/")


def install():
    original = ministack.app.app
    # Functions inherit the environment.
    token = os.environ.pop("TRELLIS_LOCAL_TOKEN", "")

    async def app(scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith(_CONTROL) and not scope["path"].startswith(_HANDED_OUT):
            if not _has_token(scope, token):
                return await _refuse(send, "This address needs the token of the local cloud's owner.")
        return await original(scope, receive, send)

    ministack.app.app = app


def _has_token(scope, token):
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    return bool(token) and len(sent) == 1 and hmac.compare_digest(sent[0], f"Bearer {token}".encode())


async def _refuse(send, message):
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"message": message}).encode()})
