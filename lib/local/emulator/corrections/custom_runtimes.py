"""Functions with custom runtimes (provided.*)."""

import io
import os
import re
import signal
import subprocess
import sys
import zipfile

from ministack.core import lambda_runtime
from ministack.core.lambda_runtime import ProvidedWorker
from ministack.services import lambda_svc

from . import correction, replaced


@correction
def custom_runtime_environment():
    """Limits the environment of a custom runtime to its variables and Lambda's, without the emulator's settings.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    AWS_ENDPOINT_URL configures the SDKs for this cloud.
    """
    # TMPDIR is a folder that is removed with the emulator.
    lambda_names = re.compile(r"AWS_|LAMBDA_|_HANDLER$|_X_AMZN_|PATH$|TMPDIR$")

    @replaced(lambda_svc, "_provided_worker_env")
    def environment(original, config, code_dir, port):
        configured = lambda_svc._runtime_env_vars(config)
        full = original(config, code_dir, port)
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{config['FunctionName']}",
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            **{name: value for name, value in full.items() if name in configured or lambda_names.match(name)},
        }


@correction
def layers_of_custom_runtimes():
    """Adds the programs and libraries of layers to the paths of a custom runtime, which may itself be in a layer.

    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html#packaging-layers-paths
    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
    /opt belongs to the machine, so PATH and LD_LIBRARY_PATH have the folders of the layers.
    """

    def archives(config):
        references = config.get("Layers") or []
        resolved = [lambda_svc._resolve_layer_zip(reference) for reference in references]
        # Later layers override files of earlier ones at /opt.
        return [archive for archive in reversed(resolved) if archive]

    @replaced(lambda_svc, "_provided_worker_env")
    def environment(original, config, code_dir, port):
        variables = original(config, code_dir, port)
        layers = [lambda_svc._docker_extracted_dir(archive, "layer") for archive in archives(config)]
        for name, folder in (("PATH", "bin"), ("LD_LIBRARY_PATH", "lib")):
            paths = [variables.get(name), *(os.path.join(layer, folder) for layer in layers)]
            variables[name] = os.pathsep.join(path for path in paths if path)
        return variables

    @replaced(ProvidedWorker, "_spawn")
    def spawn(original, self, *args, **kwargs):
        self.code_zip = _with_bootstrap(self.code_zip, archives(self.config))
        return original(self, *args, **kwargs)


def _with_bootstrap(code, layers):
    """Returns the code, with the bootstrap of a layer if the code has no bootstrap."""
    entries = [(archive, zipfile.ZipFile(io.BytesIO(archive)).namelist()) for archive in (code, *layers)]
    source = next((archive for archive, names in entries if "bootstrap" in names), code)
    if source is code:
        return code
    extended = io.BytesIO(code)
    with zipfile.ZipFile(io.BytesIO(source)) as layer, zipfile.ZipFile(extended, "a") as function:
        function.writestr(layer.getinfo("bootstrap"), layer.read("bootstrap"))
    return extended.getvalue()


class _InitFailed(RuntimeError):
    """The runtime reported an error, or ended, before it requested the first event."""


@correction
def custom_runtime_errors():
    """Returns the initialization error that a custom runtime reports, or else the reason of its exit.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror
    https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
    """
    # MiniStack would move the log lines into the message.
    ProvidedWorker._init_log_suffix = lambda self: ""

    @replaced(ProvidedWorker, "_await_init")
    def await_init(original, self, *args, **kwargs):
        self.trellis_process = self._proc
        try:
            return original(self, *args, **kwargs)
        except lambda_runtime.ProvidedInitTimeout:
            raise
        except RuntimeError as error:
            raise _InitFailed from error

    @replaced(ProvidedWorker, "invoke")
    def invoke(original, self, event, request_id, **rest):
        try:
            result = original(self, event, request_id, **rest)
        except _InitFailed:
            payload = self._init_error or _ended(self, request_id)
            return {"status": "error", "error_payload": payload, "log": self._drain_stderr()}
        payload = result.get("error_payload")
        if isinstance(payload, dict) and payload.get("errorMessage") == "Runtime exited before returning a response":
            result["error_payload"] = _ended(self, request_id)
        return result

    def _ended(worker, request_id):
        status = worker.trellis_process.poll()
        reason = f"with error: exit status {status}" if status else "without providing a reason"
        if status is not None and status < 0:
            reason = f"with error: signal: {(signal.strsignal(-status) or '').lower()}"
        return {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: {request_id} Error: Runtime exited {reason}",
        }


# Survives the emulator, and then kills the registered processes. Reads a process id per line; a negative id unregisters.
_REAPER = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
alive = set()
for line in sys.stdin:
    pid = int(line)
    (alive.add if pid > 0 else alive.discard)(abs(pid))
for pid in alive:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
"""


@correction
def custom_runtimes_end_with_the_emulator():
    """Ends custom runtimes with the emulator: a runtime that polls for events would run for ever.

    Lambda discards execution environments without waiting for them.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown
    """
    reaper = []

    def register(number):
        if not reaper:
            command = [sys.executable, "-I", "-S", "-u", "-c", _REAPER]
            reaper.append(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True))
        reaper[0].stdin.write(f"{number}\n".encode())
        reaper[0].stdin.flush()

    @replaced(ProvidedWorker, "_await_init")
    def await_init(original, self, *args, **kwargs):
        register(self._proc.pid)
        return original(self, *args, **kwargs)

    @replaced(ProvidedWorker, "_teardown")
    def teardown(original, self):
        process = self._proc
        original(self)
        if process:
            register(-process.pid)
