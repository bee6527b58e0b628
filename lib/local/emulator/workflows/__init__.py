"""Interpreter of the Amazon States Language whose executions survive the process.

It replaces MiniStack's interpreter, which ends all running executions at a start, mixes up the tokens of parallel
branches, and lacks heartbeats and redrives. MiniStack's state machines, integrations and evaluators are still used.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

import copy
import time

import snapshot_process
import lifecycle
import ministack.app
from ministack.core import iam_actions
from ministack.core.responses import now_iso, request_scope
from ministack.services import stepfunctions

from . import activities, api, callbacks, data, engine, records, redrive, starting, tokens


def install():
    data.install()
    for module, names in (
        (starting, ("start_execution",)),
        (api, ("start_sync_execution", "stop_execution", "describe_execution", "describe_state_machine_for_execution")),
        (callbacks, ("send_task_success", "send_task_failure", "send_task_heartbeat")),
    ):
        for name in names:
            setattr(stepfunctions, f"_{name}", getattr(module, name))
    stepfunctions.get_state = _get_state
    stepfunctions.load_persisted_state = _load
    _wrap(stepfunctions, "_get_activity_task", activities.get_task)
    _wrap(stepfunctions, "handle_request", _handle_request)
    _wrap(stepfunctions, "reset", _reset)
    _wrap(iam_actions, "extract_resource_arn", _resource_of_token)
    _wrap(ministack.app, "_handle_lifespan", _handle_lifespan)
    lifecycle.after_load(_resume)
    lifecycle.before_drain(engine.drain)
    lifecycle.busy(engine.unfinished_calls)
    lifecycle.guards_snapshot(engine.lock)
    engine.on_change(lifecycle.changed)
    snapshot_process.serialized_by_version("stepfunctions", _version)


def _wrap(module, name, function):
    original = getattr(module, name)
    setattr(module, name, lambda *args, **kwargs: function(original, *args, **kwargs))


async def _handle_request(original, method, path, headers, body, query):
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if action.startswith(("Describe", "List", "Get")):
        return await original(method, path, headers, body, query)
    try:
        if action != "RedriveExecution":
            return await original(method, path, headers, body, query)
        return stepfunctions._finalize_response(api.redrive_execution(stepfunctions.json.loads(body or b"{}")))
    finally:
        engine.note_change()


def _version():
    """Returns a version of the state: a count for executions, and a hash of the content for definitions.

    CloudFormation changes definitions without a request to this service.
    """
    names = ("state_machines", "tags", "activities", "state_machine_versions", "state_machine_aliases")
    return engine.version() + 1, hash(repr([getattr(stepfunctions, f"_{name}")._data for name in names]))


def _resource_of_token(original, service, method, path, headers, body, *rest):
    """Returns the state machine of a task token: the caller needs a permission for it.

    The reference of actions lists no resource, but the error of a denied request names the state machine, and
    the CDK's `grantTaskResponse` allows only the state machine.
    https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_stepfunctions.StateMachine.html#grantwbrtaskwbrresponseidentity
    """
    token = iam_actions._safe_json_field(body, "taskToken") if service == "states" else None
    key, _ = tokens.execution_of(token) if token else (None, None)
    if key:
        return ":".join(key[2].replace(":execution:", ":stateMachine:").split(":")[:7])
    return original(service, method, path, headers, body, *rest)


def _get_state():
    with engine.lock:
        return {
            **{
                name: copy.deepcopy(getattr(stepfunctions, f"_{name}"))
                for name in (
                    "state_machines",
                    "tags",
                    "activities",
                    "state_machine_versions",
                    "state_machine_aliases",
                    "map_runs",
                )
            },
            "executions": records.snapshot(),
            "trellis_definitions": dict(records.definitions),
        }


def _load(state):
    if not state:
        return
    records.definitions.update(state.get("trellis_definitions", {}))
    executions = state.get("executions")
    for scoped, record in list(executions._data.items()) if executions else []:
        kept = record.get("trellis") or {}
        # An Express execution that has ended cannot be described.
        retention = 0 if kept.get("type") == "EXPRESS" else records.RETENTION_SECONDS
        if kept.get("ended") and time.time() - kept["ended"] > retention:
            del executions._data[scoped]
    for name in (
        "state_machines",
        "executions",
        "map_runs",
        "tags",
        "activities",
        "state_machine_versions",
        "state_machine_aliases",
    ):
        getattr(stepfunctions, f"_{name}").update(state.get(name, {}))
    used = {
        record["trellis"]["definition"] for record in stepfunctions._executions.all_values() if record.get("trellis")
    }
    for key in records.definitions.keys() - used:
        del records.definitions[key]


def _resume():
    """Resumes executions when every service is loaded and available: their functions call back."""
    with engine.lock:
        for key, record in stepfunctions._executions.all_items():
            if record.get("trellis"):
                with request_scope(key[0], key[1]):
                    redrive.resume(key, record)
            elif record["status"] == "RUNNING" and not record.get("mapRunArn"):
                _end_foreign(record)
    engine.note_change()
    engine.start()


def _end_foreign(record):
    """Ends an execution that was started before this interpreter existed: it has no checkpoint to resume from."""
    cause = "The execution was started by an earlier version of the local cloud"
    record.update(status="FAILED", error="States.Runtime", cause=cause, stopDate=now_iso())


async def _handle_lifespan(original, scope, receive, send):
    async def received():
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            engine.freeze()
        return message

    await original(scope, received, send)


def _reset(original):
    with engine.lock:
        original()
        records.definitions.clear()
        engine.clear()
