"""Tests of our pieces that need no running LocalStack: python -m unittest, with LocalStack's own Python."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from types import SimpleNamespace

from trellis_localstack import layers
from trellis_localstack.claims import add_claims, claims_of
from trellis_localstack.sandbox import Sandbox, SandboxFailure

KEY = b"key"


def token(claims: dict, key: bytes = KEY) -> str:
    def encoded(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    signed = f"{encoded(b'{}')}.{encoded(json.dumps({'exp': time.time() + 60, **claims}).encode())}"
    return f"{signed}.{encoded(hmac.digest(key, signed.encode(), hashlib.sha256))}"


class Claims(unittest.TestCase):
    def test_are_texts_as_a_function_gets_them(self):
        claims = claims_of(token({"sub": "ada", "cognito:groups": ["admins", "staff"]}), KEY)
        self.assertEqual(claims["sub"], "ada")
        self.assertEqual(claims["cognito:groups"], "admins,staff")
        self.assertIsInstance(claims["exp"], str)

    def test_are_none_of_a_token_that_is_not_good(self):
        bad = {
            "signed with another key": token({}, b"other"),
            "expired": token({"exp": time.time() - 1}),
            "changed": token({"sub": "ada"}).replace(".", ".e30", 1),
            "no token": "nonsense",
            "empty": "",
        }
        for what, value in bad.items():
            with self.subTest(what):
                self.assertIsNone(claims_of(value, KEY))

    def test_are_given_to_operations_with_a_cognito_authorizer_only(self):
        for kind, expected in {"COGNITO_USER_POOLS": {"claims"}, "NONE": set()}.items():
            with self.subTest(kind):
                context = SimpleNamespace(
                    resource_method={"authorizationType": kind},
                    invocation_request={"headers": {"Authorization": f"Bearer {token({})}"}},
                    context_variables={},
                )
                add_claims(context, KEY)
                self.assertEqual(set(context.context_variables.get("authorizer", {})), expected)


# Substitute for a runtime: gets an event, and does what the event names.
RUNTIME = """
import json, os, sys, time, urllib.request
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/"
if os.environ.get("BROKEN"):
    urllib.request.urlopen(api + "init/error", data=b'{"errorType":"Broken"}')
    sys.exit(1)
while True:
    with urllib.request.urlopen(api + "invocation/next") as response:
        event, id = json.loads(response.read()), response.headers["Lambda-Runtime-Aws-Request-Id"]
    if event == "sleep":
        time.sleep(60)
    if event == "exit":
        sys.exit(3)
    kind = "error" if event == "fail" else "response"
    urllib.request.urlopen(f"{api}invocation/{id}/{kind}", data=json.dumps([event, os.getpid()]).encode())
"""


class Sandboxes(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())

    def sandbox(self, **env: str) -> Sandbox:
        made = Sandbox([sys.executable, "-c", RUNTIME], dict(os.environ) | env, str(self.folder), self.folder / "log")
        self.addCleanup(made.stop)
        return made

    def invoke(self, sandbox: Sandbox, event: str, seconds: float = 10):
        return sandbox.invoke("id", "arn", "trace", json.dumps(event).encode(), seconds)

    def test_one_process_serves_one_event_after_the_other(self):
        sandbox = self.sandbox()
        sandbox.wait_ready(10)
        responses = [self.invoke(sandbox, event) for event in ("a", "b")]
        (one, pid), (other, same) = (json.loads(body) for is_error, body in responses if not is_error)
        self.assertEqual((one, other, pid), ("a", "b", same))

    def test_what_a_function_throws_is_its_error(self):
        sandbox = self.sandbox()
        sandbox.wait_ready(10)
        self.assertTrue(self.invoke(sandbox, "fail")[0])

    def test_too_slow_ended_and_broken_functions_fail_as_lambda_says_it(self):
        for event, expected in {"sleep": "Task timed out after 0.50 seconds", "exit": "exit status 3"}.items():
            with self.subTest(event):
                sandbox = self.sandbox()
                sandbox.wait_ready(10)
                with self.assertRaisesRegex(SandboxFailure, expected):
                    self.invoke(sandbox, event, 0.5 if event == "sleep" else 10)
        with self.assertRaisesRegex(SandboxFailure, "Broken"):
            self.sandbox(BROKEN="1").wait_ready(10)


class Layers(unittest.TestCase):
    def folder(self, **files: str) -> str:
        folder = Path(tempfile.mkdtemp())
        for name, text in files.items():
            (folder / name).write_text(text)
        return str(folder)

    def test_of_two_files_with_one_name_the_later_layer_wins(self):
        one, other = self.folder(a="1", b="1"), self.folder(b="2")
        merged = Path(layers.merged((one, other)))
        self.assertEqual((merged / "a").read_text(), "1")
        self.assertEqual((merged / "b").read_text(), "2")
        self.assertEqual(layers.merged((one,)), one)

    @unittest.skipUnless(layers.namespace(), "this user may not mount")
    def test_are_at_opt_for_their_process_alone(self):
        folder = self.folder(greeting="hello")
        command = layers.with_layers(folder, ["cat", "/opt/greeting"])
        self.assertEqual(subprocess.run(command, capture_output=True, check=True).stdout, b"hello")
        self.assertFalse(Path("/opt/greeting").exists())


if __name__ == "__main__":
    unittest.main()
