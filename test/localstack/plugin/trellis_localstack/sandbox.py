"""Process of a function, and Lambda's runtime API that feeds it.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import os
import queue
import signal
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

API = "/2018-06-01/runtime/"


class SandboxFailure(Exception):
    """The process has ended, ran out of time or could not be initialized; `payload` is the error as Lambda returns it."""

    def __init__(self, payload: bytes):
        super().__init__(payload.decode(errors="replace"))
        self.payload = payload


def failure(kind: str, message: str) -> SandboxFailure:
    return SandboxFailure(json.dumps({"errorType": kind, "errorMessage": message}).encode())


class Sandbox:
    def __init__(self, command: list[str], env: dict[str, str], folder: str, log: Path):
        self._work: queue.Queue[dict | None] = queue.Queue()
        self._events: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._server = _Server(("127.0.0.1", 0), _runtime_api(self._work, self._events))
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        env = env | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}"}
        with log.open("ab") as out:
            # A group of its own, to be ended together with what the function has started.
            self._process = subprocess.Popen(
                command, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        threading.Thread(target=self._watch, daemon=True).start()

    def wait_ready(self, seconds: float) -> None:
        late = failure("Sandbox.InitTimedout", f"Init timed out after {seconds:.2f} seconds")
        kind, body = self._next_event(seconds, late)
        if kind == "init/error":
            raise SandboxFailure(body)

    def invoke(self, request_id: str, arn: str, trace_id: str, payload: bytes, seconds: float) -> tuple[bool, bytes]:
        """Returns true if the function failed, and its response."""
        deadline = time.time() + seconds
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": arn,
            "Lambda-Runtime-Trace-Id": trace_id,
        }
        self._work.put({"payload": payload, "headers": headers})
        late = failure(
            "Sandbox.Timedout", f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
        )
        outcome, is_ready = None, False
        # The process requests its next event when it is done, perhaps before its response has arrived.
        while outcome is None or not is_ready:
            kind, body = self._next_event(max(deadline - time.time(), 0), late)
            if kind == "ready":
                is_ready = True
            else:
                outcome = (kind == "error", body)
        return outcome

    def stop(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        self._work.put(None)
        self._server.shutdown()
        self._server.server_close()

    def _next_event(self, seconds: float, late: SandboxFailure) -> tuple[str, bytes]:
        try:
            kind, body = self._events.get(timeout=seconds)
        except queue.Empty:
            raise late from None
        if kind == "exit":
            raise failure("Runtime.ExitError", f"Error: Runtime exited with error: exit status {body.decode()}")
        return kind, body

    def _watch(self) -> None:
        self._events.put(("exit", str(self._process.wait()).encode()))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, _request, _client_address):
        """A process that was ended no longer listens."""


def _runtime_api(work: queue.Queue, events: queue.Queue) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if self.path != API + "invocation/next":
                return self._reply(404)
            events.put(("ready", b""))
            item = work.get()
            if item is None:
                return self._reply(410)
            self._reply(200, item["payload"], item["headers"])

        def do_POST(self):
            # invocation/<id>/response, invocation/<id>/error or init/error
            what = self.path.removeprefix(API)
            events.put((what if what == "init/error" else what.rpartition("/")[2], self._body()))
            self._reply(202, b"{}")

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(parts)

        def _reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None):
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    return Handler
