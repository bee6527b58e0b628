"""StartExecution, and error responses of the API.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

import json
import re

from ministack.core.responses import (
    error_response_json,
    get_account_id,
    get_region,
    json_response,
    new_uuid,
    now_iso,
)
from ministack.services import stepfunctions

from . import endings, engine, interpreter, records, status_events

_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")


def error_response(kind, message):
    return error_response_json(kind, message, 400)


def not_found(arn):
    return error_response("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")


def key_of(arn):
    return get_account_id(), get_region(), arn


def json_error(name, text, kind):
    if len(text.encode("utf-8", "surrogatepass")) > records.MAX_PAYLOAD_BYTES:
        limit = f"Member must have length less than or equal to {records.MAX_PAYLOAD_BYTES}"
        return error_response(
            "ValidationException",
            f"1 validation error detected: Value at '{name}' failed to satisfy constraint: {limit}",
        )
    try:
        json.loads(text)
    except ValueError as error:
        return error_response(kind, f"Invalid {name}: {error}")
    return None


def start_execution(request, parent=None, sync=False):
    arn = request.get("stateMachineArn") or ""
    base = stepfunctions._resolve_state_machine_arn(arn)
    if base is None:
        return error_response("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
    name, text = request.get("name") or new_uuid(), request.get("input") or "{}"
    if not _NAME.fullmatch(name):
        return error_response("InvalidName", f"Invalid Name: '{name}'")
    invalid = json_error("input", text, "InvalidExecutionInput")
    if invalid:
        return invalid
    with engine.lock:
        version = stepfunctions._execution_version_arn(arn)
        machine = stepfunctions._state_machines[base]
        source = {**machine, **(stepfunctions._state_machine_versions.get(version) or {})}
        kind = source.get("type", "STANDARD")
        if sync and kind != "EXPRESS":
            return error_response(
                "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"
            )
        prefix = base.replace(":stateMachine:", ":express:" if kind == "EXPRESS" else ":execution:")
        execution_arn = f"{prefix}:{name}" + (f":{new_uuid()}" if kind == "EXPRESS" else "")
        key = key_of(execution_arn)
        existing = records.find(key)
        if existing:
            # https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
            if existing["status"] == "RUNNING" and existing["input"] == text and not parent:
                return json_response({"executionArn": execution_arn, "startDate": existing["startDate"]})
            return error_response("ExecutionAlreadyExists", f"Execution Already Exists: '{execution_arn}'")
        try:
            record = _new_record(execution_arn, base, name, text, source, machine["name"])
            record["trellis"].update(
                versionArn=version, aliasArn=arn if arn in stepfunctions._state_machine_aliases else None, parent=parent
            )
            start = records.definition_of(record)["StartAt"]
        except (KeyError, TypeError, ValueError) as error:
            return error_response("InvalidDefinition", f"Invalid State Machine Definition: {error}")
        stepfunctions._executions[execution_arn] = record
        interpreter.go_on(key, records.new_branch(record, None, [], None, start, text))
        endings.set_deadline(key, record)
        status_events.note(key, record)
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
