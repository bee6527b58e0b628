"""Runtimes of functions on Node.js and Python."""

import json
import os
import re
import threading

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from . import correction, replaced


def in_worker_script(old, new, language="NODEJS"):
    """Replaces a part of MiniStack's worker script for a language, which must contain it."""
    name = f"_{language}_WORKER_SCRIPT"
    script = getattr(lambda_runtime, name)
    if old not in script:
        raise SystemExit(f"MiniStack's {name} no longer contains {old!r}: review its correction.")
    setattr(lambda_runtime, name, script.replace(old, new))


@correction
def node_of_the_runtime():
    """Runs a function on nodejsNN.x with Node.js NN.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
    The file TRELLIS_LOCAL_NODES lists the binaries ({"22": "/path/to/node"}). It is read for each new
    execution environment, because a later deployment may add a runtime.
    """
    file = os.environ.get("TRELLIS_LOCAL_NODES")
    if not file:
        return

    @replaced(lambda_runtime, "_detect_runtime_binary")
    def detect(original, runtime):
        binary, script = original(runtime)
        major = re.fullmatch(r"nodejs(\d+)\.x", runtime)
        if not major:
            return binary, script
        with open(file, encoding="utf-8") as nodes:
            node = json.load(nodes).get(major[1])
        if node is None:
            raise RuntimeError(
                f"No Node.js {major[1]} is installed for the runtime {runtime}. "
                "Deploy with `trellis up`, which installs it."
            )
        return node, script


@correction
def error_type():
    """Reports an error of a handler with its name and stack, as Lambda's runtimes do.

    https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
    https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
    """
    in_worker_script(
        '"error": str(e), "trace"',
        '"error": str(e), "errorType": type(e).__name__, '
        '"stackTrace": traceback.format_tb(e.__traceback__)[1:], "trace"',
        "PYTHON",
    )
    in_worker_script(
        'error: String(err.message || err), trace: err.stack || ""',
        "error: String((err && err.message) || err), "
        "errorType: err instanceof Error ? err.name : typeof err, "
        'trace: (err && err.stack) || ""',
    )
    in_worker_script(
        "error: e.message, trace: e.stack",
        "error: String((e && e.message) || e), "
        "errorType: e instanceof Error ? e.name : typeof e, "
        'trace: (e && e.stack) || ""',
    )
    # A rejection with undefined or null is also an error.
    in_worker_script("err => settle(err)", "err => settle(err || new Error(String(err)))")
    last = threading.local()

    @replaced(lambda_runtime.Worker, "invoke")
    def invoke(original, self, *args, **kwargs):
        last.result = original(self, *args, **kwargs)
        return last.result

    @replaced(lambda_svc, "_execute_function_warm")
    def execute(original, *args, **kwargs):
        last.result = None
        response = original(*args, **kwargs)
        result, body = last.result or {}, response.get("body")
        if response.get("error") and result.get("errorType") and isinstance(body, dict):
            body["errorType"] = result["errorType"]
            if "stackTrace" in result:
                body["stackTrace"] = result["stackTrace"]
            else:
                body["trace"] = result.get("trace", "").split("\n")
        return response


@correction
def no_wait_for_logs():
    """Returns the response of a handler without logs at once: Lambda collects logs asynchronously.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html
    """
    drain = lambda_runtime.Worker._drain_stderr_bounded
    lambda_runtime.Worker._drain_stderr_bounded = lambda self: drain(self, 0.002, 0.002, 0.25)


@correction
def bare_environment():
    """Limits the environment of a function to its variables and Lambda's, in UTC, without the emulator's settings.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    names = sorted(name for name in os.environ if re.match(r"TRELLIS_|MINISTACK_|S3_|STATE_|IOT_|SFTP_", name))
    names += ["AUTH", "BIND_HOST", "GATEWAY_PORT", "LOG_LEVEL", "PERSIST_STATE", "PYTHONUNBUFFERED"]
    removal = "".join(f"delete process.env[{json.dumps(name)}];" for name in names)
    start = 'const readline = require("readline");'
    in_worker_script(start, f'{removal}process.env.TZ = "UTC";\n{start}')
    start = "    # Redirect print() to stderr"
    removal = f"    for name in {names!r}: os.environ.pop(name, None)\n"
    in_worker_script(start, f'{removal}    os.environ["TZ"] = ":UTC"\n    time.tzset()\n{start}', "PYTHON")


@correction
def end_with_the_emulator():
    """Ends a worker with the emulator, even if the handler has left a timer or a socket open.

    Lambda discards execution environments without waiting for them.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown
    """
    start = "const rl = readline.createInterface({ input: process.stdin, terminal: false });"
    in_worker_script(start, f"{start}\nrl.on('close', () => process.exit(0));")
