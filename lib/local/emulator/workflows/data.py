"""What a state reads and writes, in JSONPath and JSONata, on MiniStack's evaluators."""

import datetime
import json
import re
import threading

from ministack.services import stepfunctions

from .records import Error, definition_of, dumps, parsed

_variables = threading.local()
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")


def install():
    """Lets paths of JSONPath name variables, as `$total.amount` does.

    https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
    """
    original = stepfunctions._resolve_path

    def resolve(path, data):
        name = _VARIABLE.match(path) if isinstance(path, str) else None
        if not name:
            return original(path, data)
        values = getattr(_variables, "values", None) or {}
        if name[1] not in values:
            raise Error("States.Runtime", f"The variable '{name[1]}' is not set")
        return original("$" + path[name.end() :], values[name[1]])

    stepfunctions._resolve_path = resolve


def context_of(record, branch):
    """The context object of one branch: parallel branches have each their own state, token and item."""
    kept = record["trellis"]
    variables = json.loads(branch["variables"])
    _variables.values = variables
    context = {
        "QueryLanguage": definition_of(record).get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": record["executionArn"],
            "Input": parsed(record["input"]),
            "Name": record["name"],
            "RoleArn": kept["roleArn"],
            "StartTime": record["startDate"],
            "RedriveCount": kept["redriveCount"],
        },
        "StateMachine": {"Id": record["stateMachineArn"], "Name": kept["name"]},
        "State": {"Name": branch["state"], "EnteredTime": branch["entered"], "RetryCount": sum(branch["retries"])},
        "variables": variables,
    }
    if kept["redriveDate"]:
        context["Execution"]["RedriveTime"] = kept["redriveDate"]
    if branch.get("token"):
        context["Task"] = {"Token": branch["token"]}
    if branch["item"] is not None:
        context["Map"] = {"Item": json.loads(branch["item"])}
    return context


def is_jsonata(state, context):
    return stepfunctions._state_query_language(state, context) == "JSONata"


def effective_input(state, raw, context):
    """The input that a state works on: `InputPath`, which JSONata states do not have."""
    return raw if is_jsonata(state, context) else stepfunctions._apply_input_path(state, raw, context)


def arguments(state, raw, context):
    """What a task, a parallel state or a pass state gets, by `Arguments` or `Parameters`."""
    if is_jsonata(state, context):
        return stepfunctions._apply_jsonata_arguments(state, raw, context)
    return stepfunctions._apply_parameters(state, effective_input(state, raw, context), context)


def outcome(state, raw, result, context):
    """The output of a state whose work has a result, and the variables after it, both as text."""
    if is_jsonata(state, context):
        output = stepfunctions._apply_jsonata_output(state, raw, context, result=result, default=result)
        return dumps(output), assigned(state, raw, context, result=result)
    variables = assigned(state, result, context)
    selected = stepfunctions._apply_result_selector(state, result)
    output = stepfunctions._apply_result_path(state, raw, selected)
    return dumps(stepfunctions._apply_output_path(state, output, context)), variables


def assigned(source, raw, context, result=None, error=None):
    """The variables after `Assign`, as text. All expressions see the values from before.

    https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
    """
    template = source.get("Assign")
    if not template:
        return dumps(context["variables"])
    if stepfunctions._state_query_language(source, context) == "JSONata":
        values = stepfunctions._apply_jsonata_template(template, raw, context, result=result, error_output=error)
    else:
        values = stepfunctions._resolve_params_obj(template, raw if error is None else error, context)
    return dumps({**context["variables"], **values})


def caught(catcher, state, raw, error, context):
    """The output of a state whose error is caught, and the variables after it, both as text."""
    source = {**catcher, "QueryLanguage": stepfunctions._state_query_language(state, context)}
    variables = assigned(source, raw, context, error=error)
    if source["QueryLanguage"] == "JSONata":
        output = stepfunctions._apply_jsonata_output(source, raw, context, error_output=error, default=error)
    else:
        output = stepfunctions._apply_result_path_raw(catcher.get("ResultPath", "$"), raw, error)
    return dumps(output), variables


def number(state, field, raw, context):
    """A number that a state gives, by an expression or by a path; None if it gives none."""
    path = state.get(f"{field}Path")
    if path is not None:
        value = stepfunctions._resolve_path_or_ctx(path, effective_input(state, raw, context), context)
    elif field not in state:
        return None
    elif is_jsonata(state, context):
        return stepfunctions._jsonata_state_field(state, field, "number", raw, context)
    else:
        value = state[field]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Error("States.Runtime", f"The value of {field} must be a number, but was {dumps(value)}")
    return value


def wait_ends(state, raw, context, now):
    """When a wait ends, in seconds since the epoch."""
    scale = stepfunctions._SFN_WAIT_SCALE
    if "Timestamp" in state or "TimestampPath" in state:
        if "TimestampPath" in state:
            data = effective_input(state, raw, context)
            text = stepfunctions._resolve_path_or_ctx(state["TimestampPath"], data, context)
        elif is_jsonata(state, context):
            text = stepfunctions._jsonata_wait_timestamp(state, raw, context)
        else:
            text = state["Timestamp"]
        moment = stepfunctions._parse_ts(text)
        if moment is None or moment.tzinfo is None:
            raise Error("States.Runtime", f"The value of Timestamp must be an ISO 8601 date-time, but was {dumps(text)}")
        due = moment.astimezone(datetime.timezone.utc).timestamp()
        return due if scale == 1 else now + max(0, due - now) * scale
    if "Seconds" in state and is_jsonata(state, context):
        return now + stepfunctions._jsonata_wait_seconds(state, raw, context) * scale
    seconds = number(state, "Seconds", raw, context) or 0
    if seconds < 0:
        raise Error("States.Runtime", f"The value of Seconds must not be negative, but was {seconds}")
    return now + seconds * scale
