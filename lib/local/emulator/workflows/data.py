"""What a state reads and writes, in JSONPath and JSONata, on MiniStack's evaluators."""

import contextlib
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
            if isinstance(path, str) and path.startswith("$") and stepfunctions._parse_jsonpath_tokens(path) is None:
                # MiniStack would take it for null.
                raise Error("States.Runtime", f"The local cloud does not know this kind of JSONPath: {path}")
            if getattr(_variables, "is_strict", False) and not _has(path, data):
                cause = f"The JSONPath '{path}' could not be found in the input '{dumps(data)}'"
                raise Error("States.Runtime", cause)
            return original(path, data)
        values = getattr(_variables, "values", None) or {}
        if name[1] not in values:
            raise Error("States.Runtime", f"The variable '{name[1]}' is not set")
        return original("$" + path[name.end() :], values[name[1]])

    stepfunctions._resolve_path = resolve


def _has(path, data):
    """Whether a path without wildcards leads to a value, be it null."""
    for kind, value in stepfunctions._parse_jsonpath_tokens(path) or []:
        if kind == "wildcard":
            return True
        known = (
            isinstance(data, dict) and value in data
            if kind == "field"
            else isinstance(data, list) and value < len(data)
        )
        if not known:
            return False
        data = data[value]
    return True


def exists(path, values, context):
    name = _VARIABLE.match(path)
    if name:
        return name[1] in context["variables"] and _has("$" + path[name.end() :], context["variables"][name[1]])
    return _has(path[1:], context) if path.startswith("$$.") else _has(path, values)


@contextlib.contextmanager
def _strict():
    """A path that leads nowhere is an error, as on AWS; MiniStack takes it for null."""
    _variables.is_strict = True
    try:
        yield
    finally:
        _variables.is_strict = False


def filled(template, values, context):
    """A template of JSONPath, with the values of its paths."""
    with _strict():
        return stepfunctions._resolve_params_obj(template, values, context)


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
    if is_jsonata(state, context):
        return raw
    with _strict():
        return stepfunctions._apply_input_path(state, raw, context)


def arguments(state, raw, context):
    """What a task, a parallel state or a pass state gets, by `Arguments` or `Parameters`."""
    if is_jsonata(state, context):
        return stepfunctions._apply_jsonata_arguments(state, raw, context)
    effective = effective_input(state, raw, context)
    return filled(state["Parameters"], effective, context) if "Parameters" in state else effective


def outcome(state, raw, result, context):
    """The output of a state whose work has a result, and the variables after it, both as text."""
    if is_jsonata(state, context):
        output = stepfunctions._apply_jsonata_output(state, raw, context, result=result, default=result)
        return dumps(output), assigned(state, raw, context, result=result)
    variables = assigned(state, result, context)
    selected = filled(state["ResultSelector"], result, context) if "ResultSelector" in state else result
    output = placed(state, raw, selected)
    return dumps(effective_output(state, output, context)), variables


def placed(source, raw, result):
    path = source.get("ResultPath", "$")
    if path not in (None, "$") and not isinstance(raw, dict):
        cause = f"Unable to apply ReferencePath {path} to the input {dumps(raw)}"
        raise Error("States.ResultPathMatchFailure", cause)
    return stepfunctions._apply_result_path_raw(path, raw, result)


def effective_output(state, output, context):
    with _strict():
        return stepfunctions._apply_output_path(state, output, context)


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
        values = filled(template, raw if error is None else error, context)
    return dumps({**context["variables"], **values})


def caught(catcher, state, raw, error, context):
    """The output of a state whose error is caught, and the variables after it, both as text."""
    source = {**catcher, "QueryLanguage": stepfunctions._state_query_language(state, context)}
    variables = assigned(source, raw, context, error=error)
    if source["QueryLanguage"] == "JSONata":
        output = stepfunctions._apply_jsonata_output(source, raw, context, error_output=error, default=error)
    else:
        output = placed(catcher, raw, error)
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
            raise Error(
                "States.Runtime", f"The value of Timestamp must be an ISO 8601 date-time, but was {dumps(text)}"
            )
        due = moment.astimezone(datetime.timezone.utc).timestamp()
        return due if scale == 1 else now + max(0, due - now) * scale
    if "Seconds" in state and is_jsonata(state, context):
        return now + stepfunctions._jsonata_wait_seconds(state, raw, context) * scale
    seconds = number(state, "Seconds", raw, context) or 0
    if seconds < 0:
        raise Error("States.Runtime", f"The value of Seconds must not be negative, but was {seconds}")
    return now + seconds * scale
