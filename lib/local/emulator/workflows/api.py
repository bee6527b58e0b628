"""API actions on executions. Reference: https://docs.aws.amazon.com/step-functions/latest/apireference/"""

import json

from ministack.core.responses import json_response

from . import endings, engine, records, redrive
from .starting import key_of, not_found, error_response, start_execution


def start_sync_execution(request):
    with engine.lock:
        response = start_execution(request, sync=True)
        if response[0] >= 400:
            return response
        key = key_of(json.loads(response[2])["executionArn"])
        ended = engine.watch(key)
    ended.wait()
    record = records.find(key)
    if record is None:
        return not_found(key[2])
    fields = (
        "executionArn",
        "stateMachineArn",
        "name",
        "startDate",
        "stopDate",
        "status",
        "input",
        "output",
        "error",
        "cause",
    )
    described = {name: record[name] for name in fields if record[name] is not None}
    details = {f"{name}Details": {"included": True} for name in ("input", "output") if name in described}
    return json_response({**described, **details})


def _with_execution(action):
    def handle(request):
        arn = request.get("executionArn") or ""
        if ":express:" in arn:
            return error_response("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
        with engine.lock:
            record = records.find(key_of(arn))
            return action(request, key_of(arn), record) if record else not_found(arn)

    return handle


def stop(request, key, record):
    if record["status"] == "ABORTED":
        return json_response({"stopDate": record["stopDate"]})
    if record["status"] != "RUNNING":
        return error_response("ValidationException", "Execution is not running")
    endings.end(key, record, "ABORTED", request.get("error"), request.get("cause"))
    return json_response({"stopDate": record["stopDate"]})


def describe(_request, _key, record):
    fields = (
        "executionArn",
        "stateMachineArn",
        "name",
        "status",
        "startDate",
        "stopDate",
        "input",
        "output",
        "error",
        "cause",
        "mapRunArn",
    )
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
        return error_response("ExecutionNotRedrivable", "The execution was started by another version of the local cloud")
    redrivable, reason = records.is_redrivable(record)
    if not redrivable:
        return error_response("ExecutionNotRedrivable", reason)
    redrive.redrive(key, record)
    return json_response({"redriveDate": record["trellis"]["redriveDate"]})


def describe_state_machine(request, _key, record):
    kept = record.get("trellis")
    if not kept:
        return not_found(request["executionArn"])
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
