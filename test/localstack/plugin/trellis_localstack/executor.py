"""Functions as processes of Node.js, through AWS's own runtime interface client; LocalStack's one executor needs Docker."""

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from trellis_localstack import layers
from trellis_localstack.sandbox import Sandbox, SandboxFailure

INIT_SECONDS = 10
PRELOADS = ("TRELLIS_LOCALSTACK_OPT", "TRELLIS_LOCALSTACK_SHIM")


class ProcessExecutor(RuntimeExecutor):
    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id, function_version)
        self._home = Path(tempfile.mkdtemp(prefix="function-"))
        self._log = self._home / "log"
        self._log.touch()
        self._env: dict[str, str] = {}
        self._sandbox: Sandbox | None = None

    def start(self, env_vars: dict[str, str]) -> None:
        self._env = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", "TMPDIR": str(self._home)}
        self._env |= {name: str(value) for name, value in env_vars.items()}
        try:
            self._launch()
        except SandboxFailure as error:
            raise StatusErrorException(str(error), payload=error.payload) from error

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        request_id, began, offset = payload["invoke-id"], time.time(), self._log.stat().st_size
        try:
            if self._sandbox is None:
                self._launch()
            is_error, body = self._sandbox.invoke(
                request_id,
                payload["invoked-function-arn"],
                payload["trace-id"],
                payload["payload"].encode(),
                self.function_version.config.timeout,
            )
        except SandboxFailure as failure:
            is_error, body = True, failure.payload
            self._discard()
        logs = (
            f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}\n"
            f"{self.get_logs(offset)}"
            f"END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {(time.time() - began) * 1000:.2f} ms\n"
        )
        return InvocationResult(request_id, body, is_error=is_error, logs=logs)

    def stop(self) -> None:
        self._discard()
        shutil.rmtree(self._home, ignore_errors=True)

    def get_logs(self, offset: int = 0) -> str:
        if not self._log.exists():
            return ""
        with self._log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")

    def get_address(self) -> str:
        return "127.0.0.1"

    get_endpoint_from_executor = get_address

    def get_runtime_endpoint(self) -> str:
        return ""

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        _node_for(function_version.config.runtime)
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        pass

    def _launch(self) -> None:
        config = self.function_version.config
        client = os.environ["TRELLIS_LOCALSTACK_RUNTIME"]
        preloads = [part for name in PRELOADS for part in ("--require", os.environ[name])]
        command = [_node_for(config.runtime), *preloads, f"{client}/index.mjs", config.handler]
        env = self._env | {
            "LAMBDA_TASK_ROOT": config.code.get_unzipped_code_location().as_posix(),
            "LAMBDA_RUNTIME_DIR": client,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.runtime}",
            "AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1": "true",
        }
        if config.layers:
            folder = self._layers()
            command = layers.with_layers(folder, command)
            env["_LAMBDA_LAYERS_DIRS"] = "/opt" if layers.namespace() else folder
        self._sandbox = Sandbox(command, env, env["LAMBDA_TASK_ROOT"], self._log)
        try:
            self._sandbox.wait_ready(INIT_SECONDS)
        except SandboxFailure:
            self._discard()
            raise

    def _layers(self) -> str:
        codes = [layer.code for layer in self.function_version.config.layers]
        for code in codes:
            code.prepare_for_execution()
        return layers.merged(tuple(str(code.get_unzipped_code_location()) for code in codes))

    def _discard(self) -> None:
        if self._sandbox:
            self._sandbox.stop()
        self._sandbox = None


def _node_for(runtime: str | None) -> str:
    major = (runtime or "").removeprefix("nodejs").removesuffix(".x")
    nodes = json.loads(Path(os.environ["TRELLIS_LOCALSTACK_NODES"]).read_text())
    if major not in nodes:
        raise NotImplementedError(f"Functions run here on nodejs{', nodejs'.join(nodes)} only, not on {runtime}")
    return nodes[major]
