"""Nested executions: the parent waits for the end of its child without a thread.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-nested-workflows.html
"""

import json

from ministack.core.responses import new_uuid
from ministack.services import stepfunctions

from . import endings, engine, interpreter, records, starting, tasks
from .records import dumps

SYNC = "arn:aws:states:::states:startExecution.sync"


def start(key, record, branch, arguments, resource):
    request = stepfunctions._nested_start_execution_request(arguments)
    request.setdefault("name", new_uuid())
    status, _, body = starting.start_execution(request, parent=[*key, branch["id"]])
    response = json.loads(body)
    if status >= 400:
        error = f"StepFunctions.{response.get('__type', 'AWSStepFunctionsException')}"
        tasks.event(record, branch, resource, "SubmitFailed", {"error": error, "cause": response.get("message", "")})
        return interpreter.fail_state(key, record, branch, error, response.get("message", ""))
    branch["child"], branch["called"] = response["executionArn"], True
    submitted = {"ExecutionArn": response["executionArn"], "StartDate": response["startDate"]}
    tasks.event(record, branch, resource, "Submitted", {"output": dumps(submitted)})


def ended(child_key, child):
    parent = child["trellis"].get("parent")
    if parent:
        engine.soon(_child_ended, tuple(parent[:3]), parent[3], child_key)


def _child_ended(key, name, child_key):
    with engine.lock:
        record, branch = interpreter.branch_of(key, name)
        child = records.find(child_key)
        if branch is None or branch["phase"] != "nested" or branch.get("child") != child_key[2] or child is None:
            return
        resource = records.state_of(record, branch)["Resource"]
        text = dumps(_described(child, parse=resource.endswith(":2")))
        if child["status"] == "SUCCEEDED":
            return tasks.succeed(key, record, branch, text)
        tasks.fail(key, record, branch, "States.TaskFailed", text)


def _described(child, parse):
    output = child["output"]
    fields = {
        "ExecutionArn": child["executionArn"],
        "Input": json.loads(child["input"]) if parse else child["input"],
        "InputDetails": {"Included": True},
        "Name": child["name"],
        "Output": json.loads(output) if parse and output else output,
        "OutputDetails": {"Included": True} if output else None,
        "StartDate": stepfunctions._iso_to_epoch_ms(child["startDate"]),
        "StateMachineArn": child["stateMachineArn"],
        "Status": child["status"],
        "StopDate": stepfunctions._iso_to_epoch_ms(child["stopDate"]),
        "Error": child.get("error"),
        "Cause": child.get("cause"),
    }
    return {name: value for name, value in fields.items() if value is not None}


def stop(key, arn):
    """Stops the child of a parent that no longer waits, as AWS does."""
    child_key = (key[0], key[1], arn)
    child = records.find(child_key) if arn else None
    if child and child["status"] == "RUNNING":
        endings.end(child_key, child, "ABORTED")
