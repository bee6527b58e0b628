"""Access to the emulator beside its two ports: presigned links, ports of functions, other network interfaces."""

import asyncio
import hashlib
import hmac
import secrets

from ministack.core.lambda_runtime import ProvidedWorker
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
    """Rejects browsers at the Runtime API of custom runtimes, which has separate ports."""
    build = ProvidedWorker._build_handler_class

    def handler_class(*args):
        class Handler(build(*args)):
            def parse_request(self):
                if not super().parse_request():
                    return False
                host = f"127.0.0.1:{self.server.server_address[1]}"
                is_browser = any(self.headers.get(name) for name in ("Origin", "Sec-Fetch-Site"))
                if self.headers.get_all("Host") == [host] and not is_browser:
                    return True
                self.send_error(403)
                return False

        return Handler

    ProvidedWorker._build_handler_class = handler_class


def _listen_on_loopback_only():
    """Binds servers to loopback: databases would listen on every interface."""
    start = asyncio.start_server

    def start_server(callback, host=None, port=None, **rest):
        return start(callback, "127.0.0.1" if host in ("", "0.0.0.0", "::") else host, port, **rest)

    asyncio.start_server = start_server
