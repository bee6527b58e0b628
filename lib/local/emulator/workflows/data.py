"""Inputs, outputs and variables of states, in JSONPath and JSONata, on MiniStack's evaluators."""

import contextlib
import json
import re
import threading

from ministack.services import stepfunctions

from .records import Error, definition_of, dumps, parsed

_variables = threading.local()
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")


def install():
    """Supports variables in JSONPath, as in `$total.amount`.

    https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
    """
    original = stepfunctions._resolve_path

    def resolve(path, data):
        name = _VARIABLE.match(path) if isinstance(path, str) else None
        if not name:
            if isinstance(path, str) and path.startswith("$") and stepfunctions._parse_jsonpath_tokens(path) is None:
                # MiniStack would return null.
                raise Error("States.Runtime", f"The local cloud does not support this JSONPath: {path}")
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
    """Returns true if a path without wildcards has a value, including null."""
    for kind, value in stepfunctions._parse_jsonpath_tokens(path) or []:
        if kind == "wildcard":
            return True
        has_value = (
            isinstance(data, dict) and value in data
            if kind == "field"
            else isinstance(data, list) and value < len(data)
        )
        if not has_value:
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
    """Raises an error for a path without a value, as on AWS; MiniStack returns null."""
    _variables.is_strict = True
    try:
        yield
    finally:
        _variables.is_strict = False


def filled(template, values, context):
    """Replaces the paths in a JSONPath template by their values."""
    with _strict():
        return stepfunctions._resolve_params_obj(template, values, context)


def context_of(record, branch):
    """Returns the context object of a branch: parallel branches have separate states, tokens and items."""
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
    """Returns the input of a state after `InputPath`, which JSONata states do not have."""
    if is_jsonata(state, context):
        return raw
    with _strict():
        return stepfunctions._apply_input_path(state, raw, context)


def arguments(state, raw, context):
    """Returns the arguments of a task, parallel or pass state, by `Arguments` or `Parameters`."""
    if is_jsonata(state, context):
        return stepfunctions._apply_jsonata_arguments(state, raw, context)
    effective = effective_input(state, raw, context)
    return filled(state["Parameters"], effective, context) if "Parameters" in state else effective


def outcome(state, raw, result, context):
    """Returns the output of a state with a result, and the variables after it, both as JSON."""
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
    """Returns the variables after `Assign`, as JSON. All expressions use the values before it.

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
    """Returns the output of a state whose error is caught, and the variables after it, both as JSON."""
    source = {**catcher, "QueryLanguage": stepfunctions._state_query_language(state, context)}
    variables = assigned(source, raw, context, error=error)
    if source["QueryLanguage"] == "JSONata":
        output = stepfunctions._apply_jsonata_output(source, raw, context, error_output=error, default=error)
    else:
        output = placed(catcher, raw, error)
    return dumps(output), variables


def number(state, field, raw, context):
    """Returns a number field of a state, from an expression or a path; None if the state does not have it."""
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
