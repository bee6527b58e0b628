"""Substitute for Cognito authorizers, which LocalStack imports from an OpenAPI body and does not run.

If an operation has such an authorizer and the request a valid token that the suite has signed, the token's claims
reach the function as on AWS, every value a text. It rejects no request: without such a token a request arrives without
claims, and the function rejects it.
"""

import base64
import hashlib
import hmac
import json
import os
import time

from localstack.runtime import hooks


@hooks.on_infra_start(name="trellis_claims")
def install():
    from localstack.services.apigateway.next_gen.execute_api.handlers import preprocess_request

    key = os.environ.get("TRELLIS_LOCALSTACK_TOKEN_KEY", "").encode()
    if key:
        preprocess_request.append(lambda _chain, context, _response: add_claims(context, key))


def add_claims(context, key: bytes):
    if context.resource_method.get("authorizationType") != "COGNITO_USER_POOLS":
        return
    token = context.invocation_request["headers"].get("Authorization", "").removeprefix("Bearer ")
    if claims := claims_of(token, key):
        context.context_variables["authorizer"] = {"claims": claims}


def claims_of(token: str, key: bytes) -> dict[str, str] | None:
    """The claims of a JSON Web Token with an HMAC of SHA-256 by this key, unless it has expired."""
    try:
        signed, _, signature = token.rpartition(".")
        expected = hmac.digest(key, signed.encode(), hashlib.sha256)
        if not hmac.compare_digest(_decoded(signature), expected):
            return None
        claims = json.loads(_decoded(signed.partition(".")[2]))
    except ValueError:
        return None
    return {name: _text(value) for name, value in claims.items()} if claims["exp"] > time.time() else None


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _text(value) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
