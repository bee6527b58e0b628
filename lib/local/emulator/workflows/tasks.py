"""Task states: calls, task tokens, heartbeats, nested executions, activities.

A call is checkpointed with its arguments before it begins. When the process ends meanwhile, the same call is made again
at the next start: what it did is unknown.
"""

import base64
import json
import time
import uuid

from ministack.core.responses import new_uuid
from ministack.services import stepfunctions

from . import data, engine, interpreter, records
from .records import Error, add_event, assert_size, dumps

_SYNC = "arn:aws:states:::states:startExecution.sync"
_CLOSED = dict.fromkeys(("token", "attempt", "timeout", "heartbeat", "beats", "child", "arguments", "called", "due"))
INTERRUPTED = "LocalCloud.Interrupted"


def close(branch):
    """Forgets the call under way: its result and its token come too late from now on."""
    branch.update(_CLOSED)


def names_of(resource):
    """(kind of events, resource type, resource) as the history has them."""
    if ":function:" in resource:
        return "LambdaFunction", None, resource
    if ":activity:" in resource:
        return "Activity", None, resource
    service, _, action = resource.partition(":::")[2].rpartition(":")
    return "Task", service, action


def _event(record, branch, resource, what, details):
    kind, service, action = names_of(resource)
    if kind == "Task":
        details = {"resourceType": service, "resource": action, **details}
    elif what != "Scheduled" or kind == "Activity":
        details = {name: value for name, value in details.items() if name in ("output", "error", "cause")}
    add_event(record, branch, f"{kind}{what}", details or None)


def attempt(key, record, branch, state, raw, context):
    """Begins a call: evaluates its arguments, writes the checkpoint, and hands it to a thread."""
    resource = state["Resource"]
    waits = resource.endswith(".waitForTaskToken")
    is_activity = ":activity:" in resource
    if waits or is_activity:
        branch["token"] = new_token(key, branch)
        context["Task"] = {"Token": branch["token"]}
    values = data.arguments(state, raw, context)
    text = assert_size(dumps(values), branch["state"])
    timeout, beats = (data.number(state, f"{name}Seconds", raw, context) for name in ("Timeout", "Heartbeat"))
    limits = {"timeoutInSeconds": timeout, "heartbeatInSeconds": beats}
    details = {name: value for name, value in limits.items() if value is not None}
    if names_of(resource)[0] == "Task":
        details |= {"region": key[1], "parameters": text}
    else:
        details |= {"resource": resource, "input": text, "inputDetails": {"truncated": False}}
    _event_scheduled(record, branch, resource, details)
    phase = "callback" if waits else "nested" if resource.startswith(_SYNC) else "activity" if is_activity else "task"
    branch.update(phase=phase, arguments=text, called=False, limits=[timeout, beats])
    if phase == "activity":
        return enqueue(branch, resource)
    limit(key, branch)
    call(key, record, branch, resource)


def _event_scheduled(record, branch, resource, details):
    kind, service, action = names_of(resource)
    if kind == "Task":
        details = {"resourceType": service, "resource": action, **details}
    add_event(record, branch, f"{kind}Scheduled", details)


def limit(key, branch):
    """Sets the absolute ends of a call and of its next heartbeat."""
    timeout, beats = branch["limits"]
    scale = stepfunctions._SFN_WAIT_SCALE or 1
    now = time.time()
    if timeout is not None:
        branch["timeout"] = now + timeout * scale
        engine.at(branch["timeout"], late, key, branch["id"], "timeout", branch["timeout"])
    if beats is not None and branch["phase"] in ("callback", "activity"):
        branch["heartbeat"] = now + beats * scale
        engine.at(branch["heartbeat"], late, key, branch["id"], "heartbeat", branch["heartbeat"])


def call(key, record, branch, resource):
    branch["attempt"] = attempt_id = uuid.uuid4().hex
    arguments = json.loads(branch["arguments"])
    if branch["phase"] == "nested":
        return _start_child(key, record, branch, arguments, resource)
    _event(record, branch, resource, "Started", {})
    called = resource.removesuffix(".waitForTaskToken")

    def work():
        try:
            result, error = dumps(stepfunctions._invoke_resource(called, arguments)), None
        except Error as failure:
            result, error = None, (failure.error, failure.cause)
        except Exception as failure:
            engine.logger.exception("The call of %s in %s failed", resource, key[2])
            result, error = None, ("States.TaskFailed", f"{type(failure).__name__}: {failure}")
        returned(key, branch["id"], attempt_id, result, error)

    engine.in_background(key, record["trellis"]["roleArn"], work)


def call_again(key, record, branch, resource):
    """Repeats a call that the end of the process interrupted, with the arguments and the token that it had."""
    cause = "The local cloud ended during this call. What the call did is unknown: it is made again."
    _event(record, branch, resource, "Failed", {"error": INTERRUPTED, "cause": cause})
    details = {"parameters": branch["arguments"], "region": key[1]}
    if names_of(resource)[0] != "Task":
        details = {"resource": resource, "input": branch["arguments"]}
    _event_scheduled(record, branch, resource, details)
    if branch["phase"] == "task":
        limit(key, branch)
    call(key, record, branch, resource)


def returned(key, name, attempt_id, result, error):
    """A call has ended. Its result is dropped when nobody waits for it, or the process is about to end."""
    with engine.lock:
        record, branch = interpreter.branch_of(key, name)
        if branch is None or branch.get("attempt") != attempt_id or engine.is_frozen():
            return
        if error:
            return fail(key, record, branch, *error)
        if branch["phase"] == "task":
            return succeed(key, record, branch, result)
        branch["called"] = True
        resource = records.state_of(record, branch)["Resource"]
        details = {"output": result if not records.is_too_large(result) else "null"}
        interpreter.guarded(key, record, branch, lambda: _event(record, branch, resource, "Submitted", details))


def succeed(key, record, branch, text):
    def work():
        state = records.state_of(record, branch)
        resource = state["Resource"]
        kind, service, _ = names_of(resource)
        if records.is_too_large(text):
            try:
                assert_size(text, service or resource)
            except Error as error:
                _event(record, branch, resource, "Failed", {"error": error.error, "cause": error.cause})
                raise
        _event(record, branch, resource, "Succeeded", {"output": text, "outputDetails": {"truncated": False}})
        raw, context = json.loads(branch["input"]), data.context_of(record, branch)
        output, variables = data.outcome(state, raw, json.loads(text), context)
        interpreter.leave(key, record, branch, state, output, variables)

    interpreter.guarded(key, record, branch, work)


def fail(key, record, branch, error, cause, aliases=(), what="Failed"):
    def work():
        resource = records.state_of(record, branch)["Resource"]
        _event(record, branch, resource, what, {"error": error, **({"cause": cause} if cause else {})})
        interpreter.fail_state(key, record, branch, error, cause, aliases)

    interpreter.guarded(key, record, branch, work)


def late(key, name, which, due):
    """A call, or its heartbeat, did not come in time. A missed heartbeat is reported as a timeout, and caught as both."""
    with engine.lock:
        record, branch = interpreter.branch_of(key, name)
        if branch is not None and branch.get(which) == due:
            aliases = ("States.HeartbeatTimeout",) if which == "heartbeat" else ()
            child = branch.get("child")
            fail(key, record, branch, "States.Timeout", "", aliases, "TimedOut")
            stop_child(key, child)


# Task tokens. A token names its execution, so that it is known to the next process, too.


def new_token(key, branch):
    return base64.urlsafe_b64encode(json.dumps([*key, branch["id"], new_uuid()]).encode()).decode()


def execution_of(token):
    """The key of a token's execution, and the branch."""
    try:
        account, region, arn, name, _ = json.loads(base64.urlsafe_b64decode(token))
        return (account, region, arn), name
    except (ValueError, TypeError):
        return None, None


def waiting_for(token):
    key, name = execution_of(token)
    record, branch = interpreter.branch_of(key, name) if key else (None, None)
    return (key, record, branch) if branch and branch.get("token") == token else (key, None, None)


# Nested executions: the parent waits for the record of its child, not for a thread.


def _start_child(key, record, branch, arguments, resource):
    from . import api

    request = stepfunctions._nested_start_execution_request(arguments)
    request.setdefault("name", new_uuid())
    status, _, body = api.start_execution(request, parent=[*key, branch["id"]])
    answer = json.loads(body)
    if status >= 400:
        error = f"StepFunctions.{answer.get('__type', 'AWSStepFunctionsException')}"
        _event(record, branch, resource, "SubmitFailed", {"error": error, "cause": answer.get("message", "")})
        return interpreter.fail_state(key, record, branch, error, answer.get("message", ""))
    branch["child"], branch["called"] = answer["executionArn"], True
    submitted = {"ExecutionArn": answer["executionArn"], "StartDate": answer["startDate"]}
    _event(record, branch, resource, "Submitted", {"output": dumps(submitted)})


def child_ended(child_key, child):
    parent = child["trellis"].get("parent")
    if parent:
        engine.soon(_take_child, tuple(parent[:3]), parent[3], child_key)


def _take_child(key, name, child_key):
    with engine.lock:
        record, branch = interpreter.branch_of(key, name)
        child = records.find(child_key)
        if branch is None or branch["phase"] != "nested" or branch.get("child") != child_key[2] or child is None:
            return
        resource = records.state_of(record, branch)["Resource"]
        text = dumps(_described(child, parse=resource.endswith(":2")))
        if child["status"] == "SUCCEEDED":
            return succeed(key, record, branch, text)
        fail(key, record, branch, "States.TaskFailed", text)


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


def stop_child(key, arn):
    """A parent that no longer waits stops its child, as AWS does."""
    child_key = (key[0], key[1], arn)
    child = records.find(child_key) if arn else None
    if child and child["status"] == "RUNNING":
        interpreter.end(child_key, child, "ABORTED")


# Activities. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html


def enqueue(branch, resource):
    if resource not in stepfunctions._activities:
        raise Error("ActivityDoesNotExist", f"Activity {resource} not found")
    task = {"taskToken": branch["token"], "input": branch["arguments"]}
    stepfunctions._activity_tasks.setdefault(resource, []).append(task)


def taken(token):
    """A worker has got an activity's task: only now its time begins."""
    with engine.lock:
        key, record, branch = waiting_for(token)
        if branch is None:
            return
        branch["called"] = True
        limit(key, branch)
        resource = records.state_of(record, branch)["Resource"]
        interpreter.guarded(key, record, branch, lambda: _event(record, branch, resource, "Started", {}))
