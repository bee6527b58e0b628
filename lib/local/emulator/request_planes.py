"""Classification of requests: for the deployed app (data plane), or for the cloud that it runs on (management).

The app's part responds to everyone as on AWS, with the app's own CORS headers. All other requests are management.
The classification uses MiniStack's own functions, in the order in which MiniStack calls them.
"""

import hmac
import re
from urllib.parse import parse_qs

from ministack import app as emulator
from ministack.core.router import detect_service
from ministack.core.sigv4 import decode_header_value
from ministack.services import cloudfront, cognito

APP = "app"  # Belongs to the deployed app.
LINK = "link"  # A URL that contains a secret.
OWNER = "owner"  # Requires the token of the local cloud's owner.
SIGNED = "signed"  # Requires the signature of an access key. The default.


class Request:
    def __init__(self, scope):
        self.scope = scope
        self.is_http = scope["type"] == "http"
        self.method = scope.get("method", "GET")
        self.path = scope["path"]
        self.raw_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        self.port = scope["server"][1]
        self.query = parse_qs(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)
        self.headers = {}
        for name, value in scope["headers"]:
            key, text = name.decode("latin-1").lower(), decode_header_value(value)
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text
        self.host = self.headers.get("host", "")

    def values(self, name):
        return [decode_header_value(value) for key, value in self.scope["headers"] if key.lower() == name.encode()]

    def is_preflight(self, *methods):
        method = self.headers.get("access-control-request-method")
        return self.method == "OPTIONS" and "origin" in self.headers and method in methods

    def has_signature(self):
        return "authorization" in self.headers or "X-Amz-Signature" in self.query or "Signature" in self.query


def is_served_name(request):
    """Returns true for domain names of AWS and of the app that are deployed here: other sites cannot make a browser send
    them."""
    label = emulator._parse_cloudfront_dataplane_host(request.host)
    if label is not None:
        return cloudfront.find_distribution_for_label(label) is not None
    if emulator._resolve_custom_domain_request(request.host, request.path) is not None:
        return True
    # Programs that use AWS's own host name of a service; the signature covers it.
    return request.has_signature() and re.fullmatch(r"([a-z0-9-]+\.)+(amazonaws\.com(\.cn)?|on\.aws)", request.host) is not None


def _api(request):
    host, path = request.host, request.path
    return emulator._parse_execute_api_url(host, path) or emulator._resolve_custom_domain_request(host, path)


def _function_url(request):
    return emulator._parse_lambda_url(request.host, request.path)


def _distribution(request):
    label = emulator._parse_cloudfront_dataplane_host(request.host)
    return label is not None and cloudfront.find_distribution_for_label(label) is not None


def _load_balancer(request):
    return request.is_http and emulator._is_potential_alb_request(request.host, request.path)


def is_graphql(request):
    if emulator._APPSYNC_REALTIME_RE.match(request.host):
        return not request.is_http
    is_api_host = re.match(r"[a-z0-9]+\.appsync-api\.", request.host) and request.path in ("/graphql", "/event")
    return (is_api_host or emulator._APPSYNC_GRAPHQL_RE.match(request.path)) and (
        request.method == "POST" or request.is_preflight("POST")
    )


_SIGN_IN_PAGES = re.compile(r"/(oauth2/(authorize|idpresponse|login|revoke|token|user[iI]nfo)|saml2/(idpresponse|logout)|login|logout)")


def _sign_in_page(request):
    discovery = re.fullmatch(r"/([^/]+)/\.well-known/(jwks\.json|openid-configuration)", request.path)
    if discovery:
        return cognito._get_pool_unscoped(discovery[1]) is not None
    return _SIGN_IN_PAGES.fullmatch(request.path)


_PUBLIC_OPERATIONS = {
    f"{prefix}.{name}"
    for prefix, names in (
        ("AWSCognitoIdentityProviderService", cognito._UNSIGNED_IDP_ACTIONS),
        ("AWSCognitoIdentityService", cognito._UNSIGNED_IDENTITY_ACTIONS),
    )
    for name in names
}


def is_public_operation(request):
    """Returns true for operations of Cognito that the SDK sends without a signature."""
    if request.path != "/" or request.has_signature():
        return False
    if request.is_preflight("POST"):
        headers = re.split(r"[\s,]+", request.headers.get("access-control-request-headers", "").lower())
        return "x-amz-target" in headers and "authorization" not in headers
    return request.method == "POST" and request.headers.get("x-amz-target") in _PUBLIC_OPERATIONS


def _bucket(request):
    """Returns true for requests to a bucket: S3 itself rejects them without a signature or a bucket policy."""
    if not request.is_http or detect_service(request.method, request.path, request.headers, request.query) != "s3":
        return False
    form = request.headers.get("content-type", "").startswith("multipart/form-data")
    if request.method == "POST" and not form and not request.has_signature():
        return False
    return emulator._s3_cors_target(request.host, request.path) is not None


def is_notification_link(request):
    """Returns true for the links in messages of SNS that confirm or end a subscription."""
    return request.method == "GET" and request.path == "/" and request.query.get("Action") in (
        ["ConfirmSubscription"],
        ["Unsubscribe"],
    )


def _owner(request):
    return request.path.startswith(("/_trellis/", "/_ministack/", "/_localstack/")) or request.path == "/health"


def _is_service_path(request):
    """Returns true for services that MiniStack serves before those of the app."""
    path = request.path
    return (
        path.startswith(("/iceberg", emulator._S3_CONTROL_PREFIX, emulator._SES_V2_PREFIX))
        or path in emulator._RDS_DATA_PATHS
        or emulator._is_ecr_registry_path(path)
        or emulator._AOSS_COLLECTION_HOST_RE.match(request.host)
        or (path == "/WriteGetObjectResponse" and "x-amz-request-route" in request.headers)
    )


_TABLE = (
    # (plane, predicate). The first predicate that matches decides.
    (OWNER, _owner),
    (SIGNED, _is_service_path),
    (APP, _api),
    (APP, _function_url),
    (APP, _distribution),
    (APP, _load_balancer),
    (APP, is_graphql),
    (APP, _sign_in_page),
    (APP, is_public_operation),
    (APP, _bucket),
    (LINK, is_notification_link),
)

_RESPONSE_URLS = ("/_ministack/cfn-response/", "/_ministack/cfn-signal/")  # Followed by a random token.
_CODE = ("/_ministack/lambda-code/", "/_ministack/lambda-layers/")


def plane_of(request, link_signature):
    if request.method == "PUT" and request.path.startswith(_RESPONSE_URLS):
        return LINK
    if request.method == "GET" and request.path.startswith(_CODE):
        signature = request.query.get("signature", [""])[0]
        if hmac.compare_digest(signature.encode(), link_signature(request.path).encode()):
            return LINK
    if not request.is_http and not (_owner(request) or _api(request) or is_graphql(request)):
        # MiniStack chooses the service of another WebSocket by its host alone, whatever its path is.
        return SIGNED
    return next((plane for plane, matches in _TABLE if matches(request)), SIGNED)
