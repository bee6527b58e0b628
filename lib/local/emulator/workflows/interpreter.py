"""Steps of an execution: enter a state, leave it, fail in it. Each runs under the scheduler's lock."""

import json
import random
import time

from ministack.core.responses import now_iso
from ministack.services import stepfunctions

from . import choices, data, endings, engine, parallel_and_map, records, tasks, waits
from .errors import catcher_of, retrier_of
from .records import Error, HistoryFull, add_event, assert_size, dumps


def branch_of(key, name):
    """Returns the record and the branch if the execution is running and has the branch."""
    record = records.find(key)
    if record is None or record["status"] != "RUNNING":
        return None, None
    return record, record["trellis"]["branches"].get(name)


def go_on(key, branch):
    engine.soon(step, key, branch["id"])


def step(key, name):
    with engine.lock:
        record, branch = branch_of(key, name)
        if branch is None or branch["phase"] not in ("enter", "attempt"):
            return
        if record["stateMachineArn"] not in stepfunctions._state_machines:
            # https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
            return endings.end(key, record, "ABORTED")
        guarded(key, record, branch, lambda: _enter(key, record, branch))


def wake(key, name, due):
    """Ends a wait, or the delay before a retry."""
    with engine.lock:
        record, branch = branch_of(key, name)
        if branch is None or branch["phase"] not in ("wait", "retry") or branch["due"] != due:
            return
        if branch["phase"] == "retry":
            branch["phase"] = "attempt"
            return go_on(key, branch)
        guarded(key, record, branch, lambda: _end_wait(key, record, branch))


def guarded(key, record, branch, work):
    """Runs a part of a step. An error fails the state, or is handled by its retriers and catchers."""
    try:
        work()
    except HistoryFull:
        cause = f"The execution reached the maximum number of history events ({records.MAX_EVENTS})."
        endings.end(key, record, "FAILED", "States.Runtime", cause)
    except Error as error:
        try:
            fail_state(key, record, branch, error.error, error.cause)
        except HistoryFull:
            endings.end(key, record, "FAILED", error.error, error.cause)
    except Exception as error:
        engine.logger.exception("State %s of %s failed", branch["state"], key[2])
        fail_branch(key, record, branch, "States.Runtime", f"{type(error).__name__}: {error}")


def _enter(key, record, branch):
    if branch["phase"] == "enter":
        branch["entered"] = now_iso()
        branch["retries"] = []
    state = records.state_of(record, branch)
    kind = state.get("Type")
    if branch["phase"] == "enter":
        details = {"name": branch["state"], "input": branch["input"], "inputDetails": {"truncated": False}}
        add_event(record, branch, f"{kind}StateEntered", details, "stateEntered")
    branch["phase"] = "attempt"
    raw, context = json.loads(branch["input"]), data.context_of(record, branch)
    if kind == "Task":
        tasks.attempt(key, record, branch, state, raw, context)
    elif kind in ("Parallel", "Map"):
        parallel_and_map.attempt(key, record, branch, state, raw, context)
    elif kind == "Wait":
        branch["phase"], branch["due"] = "wait", waits.wait_ends(state, raw, context, time.time())
        engine.at(branch["due"], wake, key, branch["id"], branch["due"])
    elif kind == "Fail":
        fail_branch(key, record, branch, *stepfunctions._fail_state_error(state, raw, context))
    elif kind == "Choice":
        _choose(key, record, branch, state, raw, context)
    elif kind == "Pass":
        _pass(key, record, branch, state, raw, context)
    elif kind == "Succeed":
        leave(key, record, branch, state, _unchanged(state, raw, context), end=True)
    else:
        raise Error("States.Runtime", f"Unknown state type: {kind}")


def _unchanged(state, raw, context):
    """Returns the output of a state without a result: its input, by `Output` or `InputPath` and `OutputPath`."""
    if data.is_jsonata(state, context):
        return dumps(stepfunctions._apply_jsonata_output(state, raw, context, default=raw))
    return dumps(data.effective_output(state, data.effective_input(state, raw, context), context))


def _pass(key, record, branch, state, raw, context):
    if data.is_jsonata(state, context):
        output = stepfunctions._apply_jsonata_output(state, raw, context, default=raw)
        text, variables = dumps(output), data.assigned(state, raw, context, result=output)
    else:
        text, variables = data.outcome(state, raw, state.get("Result", data.arguments(state, raw, context)), context)
    leave(key, record, branch, state, text, variables)


def _choose(key, record, branch, state, raw, context):
    jsonata = data.is_jsonata(state, context)
    effective = data.effective_input(state, raw, context)
    rule = choices.first_match(state, raw, effective, context)
    following = rule["Next"] if rule else state.get("Default")
    if not following:
        raise Error("States.NoChoiceMatched", "No choice rule matched and no Default")
    chosen = {**(rule or state), "QueryLanguage": "JSONata" if jsonata else "JSONPath"}
    if jsonata:
        text = dumps(stepfunctions._apply_jsonata_output(chosen, raw, context, default=raw))
    else:
        text = dumps(data.effective_output(state, effective, context))
    leave(key, record, branch, state, text, data.assigned(chosen, raw, context), following)


def _end_wait(key, record, branch):
    state = records.state_of(record, branch)
    raw, context = json.loads(branch["input"]), data.context_of(record, branch)
    leave(key, record, branch, state, _unchanged(state, raw, context), data.assigned(state, raw, context))


def leave(key, record, branch, state, text, variables=None, following=None, end=False, check=True):
    """Leaves a state with its output, and enters the next state or ends the branch."""
    if check:
        assert_size(text, branch["state"])
    details = {"name": branch["state"], "output": text, "outputDetails": {"truncated": False}}
    add_event(record, branch, f"{state['Type']}StateExited", details, "stateExited")
    tasks.close(branch)
    parallel_and_map.close(record, branch)
    if variables is not None:
        branch["variables"] = variables
    following = following or (None if end or state.get("End") else state.get("Next"))
    if following:
        branch.update(state=following, input=text, phase="enter")
        return go_on(key, branch)
    branch.update(phase="done", output=text)
    if branch["parent"] is None:
        return endings.succeed(key, record, text)
    parallel_and_map.child_done(key, record, branch)


def fail_state(key, record, branch, error, cause, aliases=()):
    """Handles an error in a state: by a retry, by a catcher, or by the failure of the branch."""
    tasks.close(branch)
    if branch["state"] not in records.scope_of(record, branch)["States"]:
        return fail_branch(key, record, branch, error, cause)
    state = records.state_of(record, branch)
    if state.get("Type") not in ("Task", "Parallel", "Map"):
        return fail_branch(key, record, branch, error, cause)
    names = {error, *aliases}
    index, retrier = retrier_of(state, names, branch["retries"])
    if retrier:
        return _retry(key, branch, index, retrier)
    catcher = catcher_of(state, names)
    if not catcher:
        return fail_branch(key, record, branch, error, cause)
    try:
        raw, context = json.loads(branch["input"]), data.context_of(record, branch)
        output = {"Error": error, "Cause": cause}
        text, variables = data.caught(catcher, state, raw, output, context)
        assert_size(text, branch["state"])
    except Error as second:
        return fail_branch(key, record, branch, second.error, second.cause)
    leave(key, record, branch, state, text, variables, catcher["Next"])


def _retry(key, branch, index, retrier):
    """Schedules a retry.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
    """
    counts = [*branch["retries"], *[0] * (index + 1 - len(branch["retries"]))]
    pause = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** counts[index]
    pause = min(pause, retrier.get("MaxDelaySeconds", pause))
    if retrier.get("JitterStrategy") == "FULL":
        pause = random.uniform(0, pause)
    counts[index] += 1
    due = time.time() + pause * stepfunctions._SFN_WAIT_SCALE
    branch.update(retries=counts, phase="retry", due=due)
    engine.at(due, wake, key, branch["id"], due)


def fail_branch(key, record, branch, error, cause):
    tasks.close(branch)
    branch.update(phase="failed", error=error, cause=cause)
    if branch["parent"] is None:
        return endings.end(key, record, "FAILED", error, cause)
    parallel_and_map.child_failed(key, record, branch)
