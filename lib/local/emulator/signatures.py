"""Verification of request signatures, on MiniStack's verification of users and sessions."""

import contextvars
import hashlib
import hmac
import os
import re
import sys

from ministack.core import iam_evaluator, sigv4
from ministack.core.iam_evaluator import AuthError
from ministack.core.responses import get_account_id

_HASH = re.compile(r"[0-9a-f]{64}")

# Key and credential of a request with a valid signature: MiniStack does not compute it again.
_verified = contextvars.ContextVar("trellis_verified", default=None)


# Values of the header for a body that it does not hash. Its value is signed; MiniStack verifies the signed chunks.
_UNHASHED = {
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "UNSIGNED-PAYLOAD",
}


def install():
    _verify_root()
    _reject_unknown_payloads()
    _verify_trailers()
    _reject_other_root_keys()
    _reuse_verdicts()


def forget():
    """Clears the verdict at the start of each request."""
    _verified.set(None)


def pin(request):
    """Notes what the signature of a request covers, for MiniStack's verification."""
    iam_evaluator.pin_signed_request(request.method, request.raw_path, request.query, _signable_headers(request))


def failure_of(request, body):
    """Returns the error of an invalid signature, or None."""
    if len(request.values("authorization")) > 1:
        return AuthError("IncompleteSignature", "A request must have one Authorization header.")
    pin(request)
    iam_evaluator.pin_signed_body(body)
    signed = iam_evaluator._signed_request.get()
    if signed is None:
        return AuthError(
            "MissingAuthenticationToken",
            "The request has no signature. Configure AWS tools with: npx trellis info --env",
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


def _signable_headers(request):
    """Returns the headers of a request, in HTTP/2 with `:authority`, which clients sign in place of `host`."""
    headers = list(request.scope["headers"])
    is_http2 = request.scope.get("http_version") == "2"
    return headers + [(b":authority", value) for name, value in headers if is_http2 and name.lower() == b"host"]


def _verify_root():
    """Verifies the signatures of root as well. MiniStack verifies those of users and sessions only, and accepts the key
    `test` and every account id as keys of root."""
    identify = iam_evaluator.resolve_caller_identity
    iam_evaluator._is_root_key = lambda access_key_id: False  # Used only for this, and replaced below.

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


def _reject_other_root_keys():
    """Rejects `test` and account ids, which MiniStack accepts as keys of root, as unknown keys, not as wrong signatures:
    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    original = iam_evaluator.authenticate

    def authenticate(access_key_id, account_id):
        signed = iam_evaluator._signed_request.get()
        # MiniStack gives such a key to requests without a signature.
        is_signed = signed is not None and signed.access_key_id == access_key_id
        if is_signed and iam_evaluator.is_root_access_key(access_key_id) and access_key_id != os.environ["AWS_ACCESS_KEY_ID"]:
            unknown = iam_evaluator._unknown_access_key()
            return AuthError(unknown.code, unknown.message)
        return original(access_key_id, account_id)

    iam_evaluator.authenticate = authenticate


def _reject_unknown_payloads():
    """Rejects signatures that cover neither the body nor its chunks, by a value of x-amz-content-sha256 that AWS rejects.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """
    original = sigv4.header_signature_failure

    def header_signature_failure(signature, secret, method, raw_path, query_params, headers, *rest, **kwargs):
        declared = headers.get("x-amz-content-sha256")
        is_known = not declared or _HASH.fullmatch(declared) or declared in _UNHASHED
        if not is_known or (signature.service != "s3" and declared and declared.startswith("STREAMING-")):
            values = ", ".join(sorted(_UNHASHED))
            return "InvalidArgument", f"x-amz-content-sha256 must be {values}, or a valid sha256 value."
        return original(signature, secret, method, raw_path, query_params, headers, *rest, **kwargs)

    sigv4.header_signature_failure = header_signature_failure


def _verify_trailers():
    """Verifies the signature of a trailer that follows signed chunks.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
    """
    chunks_match = sigv4._chunk_signatures_match

    def matches(body, seed, signature, key):
        if not chunks_match(body, seed, signature, key):
            return False
        last_chunk, trailer = _end_of_chunks(body)
        lines = [line.strip().partition(b":") for line in trailer.split(b"\r\n") if line.strip()]
        fields = {name.strip().lower(): value.strip() for name, _, value in lines}
        provided = fields.pop(b"x-amz-trailer-signature", b"").decode("latin-1")
        if not fields:
            return True
        signed = b"".join(b"%s:%s\n" % field for field in fields.items())
        scope = f"{signature.date_stamp}/{signature.region}/{signature.service}/aws4_request"
        text = ["AWS4-HMAC-SHA256-TRAILER", signature.amz_date, scope, last_chunk, hashlib.sha256(signed).hexdigest()]
        return hmac.compare_digest(hmac.new(key, "\n".join(text).encode(), hashlib.sha256).hexdigest(), provided)

    sigv4._chunk_signatures_match = matches


def _end_of_chunks(body):
    """Returns the signature of the last chunk, and what follows it. The chunks are well-formed."""
    position = 0
    while True:
        end = body.index(b"\r\n", position)
        size, _, signature = body[position:end].partition(b";chunk-signature=")
        if int(size, 16) == 0:
            return signature.strip().decode(), body[end + 2 :]
        position = end + 2 + int(size, 16) + 2


def _reuse_verdicts():
    original = iam_evaluator.authenticate

    def authenticate(access_key_id, account_id):
        verdict, pinned = _verified.get(), iam_evaluator._signed_request.get()
        if verdict is None or pinned is None or not verdict[0] == access_key_id == pinned.access_key_id:
            return original(access_key_id, account_id)
        iam_evaluator._signed_request.set(None)
        iam_evaluator._verified_key.set(access_key_id)
        return verdict[1]

    iam_evaluator.authenticate = authenticate
