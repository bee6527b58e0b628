"""SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
"""

import time

from ministack.core.responses import json_response
from ministack.services import stepfunctions

from . import engine, tasks, tokens
from .starting import json_error, error_response


def _with_token(action):
    def handle(request):
        key, _ = tokens.execution_of(request.get("taskToken") or "")
        if key is None:
            return error_response("InvalidToken", "Invalid Token: 'Invalid token'")
        with engine.lock:
            key, record, branch = tokens.waiting_for(request["taskToken"])
            if branch is None:
                message = "Task Timed Out: 'Provided task does not exist anymore'"
                return error_response("TaskTimedOut", message)
            return action(request, key, record, branch) or json_response({})

    return handle


@_with_token
def send_task_success(request, key, record, branch):
    text = request.get("output") or ""
    invalid = json_error("output", text, "InvalidOutput")
    if invalid:
        return invalid
    tasks.succeed(key, record, branch, text)


@_with_token
def send_task_failure(request, key, record, branch):
    tasks.fail(key, record, branch, request.get("error") or "", request.get("cause") or "")


@_with_token
def send_task_heartbeat(_request, key, _record, branch):
    beats = branch["limits"][1]
    if beats is not None:
        branch["heartbeat"] = time.time() + beats * (stepfunctions._SFN_WAIT_SCALE or 1)
        engine.at(branch["heartbeat"], tasks.late, key, branch["id"], "heartbeat", branch["heartbeat"])
