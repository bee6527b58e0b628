"""Task states: calls, task tokens, heartbeats, nested executions, activities.

A call is saved with its arguments before it begins. If the process ends during the call, the call is repeated at the
next start, because its effect is unknown.
"""

import json
import time
import uuid

import invocation_sources
from ministack.services import stepfunctions

from . import activities, data, engine, interpreter, nested, records, tokens
from .records import Error, add_event, assert_size, dumps

_CLOSED = dict.fromkeys(("token", "attempt", "timeout", "heartbeat", "beats", "child", "arguments", "called", "due"))
INTERRUPTED = "LocalCloud.Interrupted"


def close(branch):
    """Discards the unfinished call: its result and its token are ignored from now on."""
    branch.update(_CLOSED)


def names_of(resource):
    """Returns (kind of events, resource type, resource) as in the history."""
    if ":function:" in resource:
        return "LambdaFunction", None, resource
    if ":activity:" in resource:
        return "Activity", None, resource
    service, _, action = resource.partition(":::")[2].rpartition(":")
    return "Task", service, action


def event(record, branch, resource, status, details):
    kind, service, action = names_of(resource)
    if kind == "Task":
        details = {"resourceType": service, "resource": action, **details}
    elif status != "Scheduled" or kind == "Activity":
        details = {name: value for name, value in details.items() if name in ("output", "error", "cause")}
    add_event(record, branch, f"{kind}{status}", details or None)


def attempt(key, record, branch, state, raw, context):
    """Begins a call: evaluates its arguments, writes the checkpoint, and starts a thread."""
    resource = state["Resource"]
    waits = resource.endswith(".waitForTaskToken")
    is_activity = ":activity:" in resource
    if waits or is_activity:
        branch["token"] = tokens.new_token(key, branch)
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
    phase = (
        "callback" if waits else "nested" if resource.startswith(nested.SYNC) else "activity" if is_activity else "task"
    )
    branch.update(phase=phase, arguments=text, called=False, limits=[timeout, beats])
    if phase == "activity":
        return activities.enqueue(branch, resource)
    call(key, record, branch, resource)


def _event_scheduled(record, branch, resource, details):
    kind, service, action = names_of(resource)
    if kind == "Task":
        details = {"resourceType": service, "resource": action, **details}
    add_event(record, branch, f"{kind}Scheduled", details)


def limit(key, branch):
    """Sets the deadlines of a call and of its next heartbeat."""
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
    waits_for_environment = _is_of_lambda(resource)
    if not waits_for_environment:
        limit(key, branch)
    if branch["phase"] == "nested":
        return nested.start(key, record, branch, arguments, resource)
    event(record, branch, resource, "Started", {})
    called = resource.removesuffix(".waitForTaskToken")

    def begins():
        with engine.lock:
            record, branch = interpreter.branch_of(key, name)
            if branch is not None and branch.get("attempt") == attempt_id and not engine.is_frozen():
                limit(key, branch)

    def work():
        if waits_for_environment:
            # On AWS an environment is available at once, so the timeout starts only when there is one.
            invocation_sources.on_begin(begins)
        try:
            result, error = dumps(stepfunctions._invoke_resource(called, arguments)), None
        except Error as failure:
            result, error = None, (failure.error, failure.cause)
        except Exception as failure:
            engine.logger.exception("The call of %s in %s failed", resource, key[2])
            result, error = None, ("States.TaskFailed", f"{type(failure).__name__}: {failure}")
        returned(key, name, attempt_id, result, error)

    name = branch["id"]
    engine.in_background(key, record["trellis"]["roleArn"], work)


def _is_of_lambda(resource):
    kind, service, _ = names_of(resource)
    return kind == "LambdaFunction" or service == "lambda"


def call_again(key, record, branch, resource):
    """Repeats a call that the end of the process interrupted, with the same arguments and token."""
    cause = "The local cloud ended during this call. Its effect is unknown, so it is repeated."
    event(record, branch, resource, "Failed", {"error": INTERRUPTED, "cause": cause})
    details = {"parameters": branch["arguments"], "region": key[1]}
    if names_of(resource)[0] != "Task":
        details = {"resource": resource, "input": branch["arguments"]}
    _event_scheduled(record, branch, resource, details)
    call(key, record, branch, resource)


def returned(key, name, attempt_id, result, error):
    """Handles the end of a call. Its result is dropped if the branch no longer waits for it, or the process is ending."""
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
        interpreter.guarded(key, record, branch, lambda: event(record, branch, resource, "Submitted", details))


def succeed(key, record, branch, text):
    def work():
        state = records.state_of(record, branch)
        resource = state["Resource"]
        kind, service, _ = names_of(resource)
        if records.is_too_large(text):
            try:
                assert_size(text, service or resource)
            except Error as error:
                event(record, branch, resource, "Failed", {"error": error.error, "cause": error.cause})
                raise
        event(record, branch, resource, "Succeeded", {"output": text, "outputDetails": {"truncated": False}})
        raw, context = json.loads(branch["input"]), data.context_of(record, branch)
        output, variables = data.outcome(state, raw, json.loads(text), context)
        interpreter.leave(key, record, branch, state, output, variables)

    interpreter.guarded(key, record, branch, work)


def fail(key, record, branch, error, cause, aliases=(), status="Failed"):
    def work():
        resource = records.state_of(record, branch)["Resource"]
        event(record, branch, resource, status, {"error": error, **({"cause": cause} if cause else {})})
        interpreter.fail_state(key, record, branch, error, cause, aliases)

    interpreter.guarded(key, record, branch, work)


def late(key, name, which, due):
    """Fails a call whose response or heartbeat is late. A missed heartbeat is reported as a timeout, and caught as both."""
    with engine.lock:
        record, branch = interpreter.branch_of(key, name)
        if branch is not None and branch.get(which) == due:
            aliases = ("States.HeartbeatTimeout",) if which == "heartbeat" else ()
            child = branch.get("child")
            fail(key, record, branch, "States.Timeout", "", aliases, "TimedOut")
            nested.stop(key, child)
