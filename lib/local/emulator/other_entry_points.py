"""Access to the emulator beside its two ports: presigned links, ports of functions, other network interfaces."""

import asyncio
import hashlib
import hmac
import http.server
import secrets

from ministack.services import lambda_svc

_LINK_KEY = secrets.token_bytes(32)


def install():
    _sign_links()
    _guard_runtime_api()
    _listen_on_loopback_only()


def link_signature(path):
    return hmac.new(_LINK_KEY, path.encode(), hashlib.sha256).hexdigest()


def _sign_links():
    """Signs the URLs of code and layers, like AWS's presigned URLs."""
    code, layer = lambda_svc._presigned_code_url, lambda_svc._layer_content_url

    def signed(url):
        path = "/" + url.split("?")[0].split("/", 3)[3]
        return f"{url}{'&' if '?' in url else '?'}signature={link_signature(path)}"

    lambda_svc._presigned_code_url = lambda *args: signed(code(*args))
    lambda_svc._layer_content_url = lambda *args: signed(layer(*args))


def _guard_runtime_api():
    """Requires a secret at the start of the paths of the Runtime API, which has a port for each custom runtime: browsers
    and other users of the machine can send requests to it.

    Runtimes take their events from `http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/...`.
    """
    secrets_by_port = {}
    environment = lambda_svc._provided_worker_env

    def with_secret(config, code_dir, port):
        secrets_by_port[port] = secrets.token_urlsafe(32)
        variables = environment(config, code_dir, port)
        return {**variables, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}/{secrets_by_port[port]}"}

    class Handler(http.server.BaseHTTPRequestHandler):
        def parse_request(self):
            if not super().parse_request():
                return False
            port = self.server.server_address[1]
            sent, _, path = self.path[1:].partition("/")
            secret = secrets_by_port.get(port, "")
            is_browser = any(self.headers.get(name) for name in ("Origin", "Sec-Fetch-Site"))
            has_secret = secret and hmac.compare_digest(sent.encode(), secret.encode())
            if has_secret and not is_browser and self.headers.get_all("Host") == [f"127.0.0.1:{port}"]:
                self.path = f"/{path}"
                return True
            self.send_error(403)
            return False

    lambda_svc._provided_worker_env = with_secret
    # Both executors of MiniStack derive their handlers from this class when they start a runtime.
    http.server.BaseHTTPRequestHandler = Handler


def _listen_on_loopback_only():
    """Binds servers to loopback: databases would listen on every interface."""
    start = asyncio.start_server

    def start_server(callback, host=None, port=None, **rest):
        return start(callback, "127.0.0.1" if host in ("", "0.0.0.0", "::") else host, port, **rest)

    asyncio.start_server = start_server
