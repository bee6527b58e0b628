"""Functions that cannot be initialized."""

import json
import re
from datetime import datetime, timezone

from ministack.services import lambda_svc

from . import correction, replaced
from .managed_runtimes import in_worker_script

_FAILED = re.compile(r"Worker init failed: (.*)", re.DOTALL)

# The names and messages of Lambda's own runtime (UserFunction.js of aws-lambda-nodejs-runtime-interface-client).
_NODE_ERROR = """error: JSON.stringify({
          errorType: e instanceof SyntaxError ? "Runtime.UserCodeSyntaxError"
            : /MODULE_NOT_FOUND/.test(e && e.code) ? "Runtime.ImportModuleError"
            : (e instanceof Error && e.name) || typeof e,
          errorMessage: e instanceof SyntaxError || /MODULE_NOT_FOUND/.test(e && e.code) ? String(e) : String((e && e.message) || e),
          trace: String((e && e.stack) || "").split("\\n"),
        })"""
_NO_HANDLER = """error: JSON.stringify({
              errorType: "Runtime.HandlerNotFound",
              errorMessage: `${modPath}.${handlerName} is undefined or not exported`,
              trace: [],
            })"""


@correction
def errors_of_the_initialization():
    """Writes why a function cannot be initialized to its log, and returns it as Lambda does.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
    """
    in_worker_script('error: e.message\n', f"{_NODE_ERROR}\n")
    in_worker_script("error: `Handler ${handlerName} is not a function in ${modPath}`", _NO_HANDLER)

    @replaced(lambda_svc, "_execute_function_warm")
    def execute(original, *args, **kwargs):
        response = original(*args, **kwargs)
        body = response.get("body")
        failed = _FAILED.match(str(body.get("errorMessage"))) if isinstance(body, dict) else None
        if not failed or not response.get("error"):
            return response
        error = _described(failed[1])
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {**response, "body": error, "log": f"{now}\tundefined\tERROR\tUncaught Exception\t{json.dumps(error)}"}


def _described(text):
    try:
        error = json.loads(text)
        return error if isinstance(error, dict) and "errorType" in error else _plain(text)
    except ValueError:
        return _plain(text)


def _plain(text):
    return {"errorType": "Runtime.ExitError", "errorMessage": text}
