"""The API's actions on executions. Reference: https://docs.aws.amazon.com/step-functions/latest/apireference/"""

import asyncio
import json
import re
import time

from ministack.core.responses import (
    error_response_json,
    get_account_id,
    get_region,
    json_response,
    new_uuid,
    now_iso,
)
from ministack.services import stepfunctions

from . import engine, interpreter, records, redrive, tasks

_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")


def refused(kind, message):
    return error_response_json(kind, message, 400)


def _not_found(arn):
    return refused("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")


def key_of(arn):
    return get_account_id(), get_region(), arn


def _json_error(name, text, kind):
    if len(text.encode("utf-8", "surrogatepass")) > records.MAX_PAYLOAD_BYTES:
        limit = f"Member must have length less than or equal to {records.MAX_PAYLOAD_BYTES}"
        return refused("ValidationException", f"1 validation error detected: Value at '{name}' failed to satisfy constraint: {limit}")
    try:
        json.loads(text)
    except ValueError as error:
        return refused(kind, f"Invalid {name}: {error}")
    return None


def start_execution(request, parent=None, sync=False):
    arn = request.get("stateMachineArn") or ""
    base = stepfunctions._resolve_state_machine_arn(arn)
    if base is None:
        return refused("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
    name, text = request.get("name") or new_uuid(), request.get("input") or "{}"
    if not _NAME.fullmatch(name):
        return refused("InvalidName", f"Invalid Name: '{name}'")
    invalid = _json_error("input", text, "InvalidExecutionInput")
    if invalid:
        return invalid
    with engine.lock:
        version = stepfunctions._execution_version_arn(arn)
        machine = stepfunctions._state_machines[base]
        source = {**machine, **(stepfunctions._state_machine_versions.get(version) or {})}
        kind = source.get("type", "STANDARD")
        if sync and kind != "EXPRESS":
            return refused("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
        prefix = base.replace(":stateMachine:", ":express:" if kind == "EXPRESS" else ":execution:")
        execution_arn = f"{prefix}:{name}" + (f":{new_uuid()}" if kind == "EXPRESS" else "")
        key = key_of(execution_arn)
        known = records.find(key)
        if known:
            # https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
            if known["status"] == "RUNNING" and known["input"] == text and not parent:
                return json_response({"executionArn": execution_arn, "startDate": known["startDate"]})
            return refused("ExecutionAlreadyExists", f"Execution Already Exists: '{execution_arn}'")
        try:
            record = _new_record(execution_arn, base, name, text, source, machine["name"])
            record["trellis"].update(
                versionArn=version, aliasArn=arn if arn in stepfunctions._state_machine_aliases else None, parent=parent
            )
            start = records.definition_of(record)["StartAt"]
        except (KeyError, TypeError, ValueError) as error:
            return refused("InvalidDefinition", f"Invalid State Machine Definition: {error}")
        stepfunctions._executions[execution_arn] = record
        interpreter.go_on(key, records.new_branch(record, None, [], None, start, text))
        redrive.set_deadline(key, record)
        records.note_status_event(key, record)
    return json_response({"executionArn": execution_arn, "startDate": record["startDate"]})


def _new_record(arn, machine_arn, name, text, source, machine_name):
    started = now_iso()
    details = {"input": text, "inputDetails": {"truncated": False}, "roleArn": source["roleArn"]}
    return {
        "executionArn": arn,
        "stateMachineArn": machine_arn,
        "name": name,
        "status": "RUNNING",
        "startDate": started,
        "stopDate": None,
        "input": text,
        "output": None,
        "error": None,
        "cause": None,
        "encryptionConfiguration": source.get("encryptionConfiguration") or stepfunctions._default_encryption(),
        "events": [
            {
                "id": 1,
                "type": "ExecutionStarted",
                "timestamp": started,
                "previousEventId": 0,
                "executionStartedEventDetails": details,
            }
        ],
        "trellis": {
            "definition": records.keep_definition(source["definition"]),
            "name": machine_name,
            "roleArn": source["roleArn"],
            "type": source.get("type", "STANDARD"),
            "loggingConfiguration": source.get("loggingConfiguration"),
            "updated": source.get("updateDate") or source.get("creationDate"),
            "revision": source.get("revisionId") or source.get("stateMachineRevisionId"),
            "deadline": None,
            "ended": None,
            "redriveCount": 0,
            "redriveDate": None,
            "unpublished": [],
            "branches": {},
            "next": 0,
        },
    }


def start_sync_execution(request):
    with engine.lock:
        answer = start_execution(request, sync=True)
        if answer[0] >= 400:
            return answer
        key = key_of(json.loads(answer[2])["executionArn"])
        ended = engine.watch(key)
    ended.wait()
    record = records.find(key)
    if record is None:
        return _not_found(key[2])
    fields = ("executionArn", "stateMachineArn", "name", "startDate", "stopDate", "status", "input", "output", "error", "cause")
    described = {name: record[name] for name in fields if record[name] is not None}
    details = {f"{name}Details": {"included": True} for name in ("input", "output") if name in described}
    return json_response({**described, **details})


def _with_execution(action):
    def handle(request):
        arn = request.get("executionArn") or ""
        if ":express:" in arn:
            return refused("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
        with engine.lock:
            record = records.find(key_of(arn))
            return action(request, key_of(arn), record) if record else _not_found(arn)

    return handle


def stop(request, key, record):
    if record["status"] == "ABORTED":
        return json_response({"stopDate": record["stopDate"]})
    if record["status"] != "RUNNING":
        return refused("ValidationException", "Execution is not running")
    interpreter.end(key, record, "ABORTED", request.get("error"), request.get("cause"))
    return json_response({"stopDate": record["stopDate"]})


def describe(_request, _key, record):
    fields = ("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate", "input", "output", "error", "cause", "mapRunArn")
    described = {name: record[name] for name in fields if record.get(name) is not None}
    described |= {f"{name}Details": {"included": True} for name in ("input", "output") if name in described}
    kept = record.get("trellis")
    if kept:
        redrivable, reason = records.is_redrivable(record)
        described |= {
            "redriveCount": kept["redriveCount"],
            "redriveStatus": "REDRIVABLE" if redrivable else "NOT_REDRIVABLE",
            "redriveStatusReason": reason,
            "redriveDate": kept["redriveDate"],
            "stateMachineVersionArn": kept["versionArn"],
            "stateMachineAliasArn": kept["aliasArn"],
        }
    return json_response({name: value for name, value in described.items() if value is not None})


def redrive_execution(_request, key, record):
    if not record.get("trellis"):
        return refused("ExecutionNotRedrivable", "The execution was started by another version of the local cloud")
    redrivable, reason = records.is_redrivable(record)
    if not redrivable:
        return refused("ExecutionNotRedrivable", reason)
    redrive.redrive(key, record)
    return json_response({"redriveDate": record["trellis"]["redriveDate"]})


def describe_state_machine(request, _key, record):
    kept = record.get("trellis")
    if not kept:
        return _not_found(request["executionArn"])
    described = {
        "stateMachineArn": record["stateMachineArn"],
        "name": kept["name"],
        "definition": records.definitions[kept["definition"]],
        "roleArn": kept["roleArn"],
        "updateDate": kept["updated"],
        "loggingConfiguration": kept["loggingConfiguration"],
        "revisionId": kept["revision"],
        "encryptionConfiguration": record["encryptionConfiguration"],
    }
    return json_response({name: value for name, value in described.items() if value is not None})


stop_execution = _with_execution(stop)
describe_execution = _with_execution(describe)
redrive_execution = _with_execution(redrive_execution)
describe_state_machine_for_execution = _with_execution(describe_state_machine)


def _with_token(action):
    def handle(request):
        key, _ = tasks.execution_of(request.get("taskToken") or "")
        if key is None:
            return refused("InvalidToken", "Invalid Token: 'Invalid token'")
        with engine.lock:
            key, record, branch = tasks.waiting_for(request["taskToken"])
            if branch is None:
                message = "Task Timed Out: 'Provided task does not exist anymore'"
                return refused("TaskTimedOut", message)
            return action(request, key, record, branch) or json_response({})

    return handle


@_with_token
def send_task_success(request, key, record, branch):
    text = request.get("output") or ""
    invalid = _json_error("output", text, "InvalidOutput")
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


async def get_activity_task(original, request):
    answer = await original(request)
    body = json.loads(answer[2] or b"{}")
    if body.get("taskToken"):
        await asyncio.to_thread(tasks.taken, body["taskToken"])
    return answer
