"""Rules of Choice states.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

import datetime
import operator
import re

from ministack.services import stepfunctions

from . import data
from .records import Error, dumps

_COMPARISONS = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}
_OPERATOR = re.compile(r"(String|Numeric|Timestamp|Boolean)(Equals|(?:Less|Greater)Than(?:Equals)?)(Path)?")


def first_match(state, raw, effective, context):
    """Returns the first rule that matches, or None."""
    if data.is_jsonata(state, context):
        return next((rule for rule in state.get("Choices", []) if _condition(rule, raw, context)), None)
    return next((rule for rule in state.get("Choices", []) if _is_true(rule, effective, context)), None)


def _condition(rule, raw, context):
    value = stepfunctions._apply_jsonata_template(rule.get("Condition"), raw, context)
    if not isinstance(value, bool):
        raise Error(
            "States.QueryEvaluationError",
            f"The JSONata expression of Condition must return a boolean, but returned {dumps(value)}",
        )
    return value


def _is_true(rule, values, context):
    if "And" in rule:
        return all(_is_true(part, values, context) for part in rule["And"])
    if "Or" in rule:
        return any(_is_true(part, values, context) for part in rule["Or"])
    if "Not" in rule:
        return not _is_true(rule["Not"], values, context)
    path = rule["Variable"]
    exists = data.exists(path, values, context)
    if "IsPresent" in rule:
        return exists == rule["IsPresent"]
    if not exists:
        cause = f"Invalid path '{path}': The choice state's condition path references an invalid value."
        raise Error("States.Runtime", cause)
    return _test(rule, stepfunctions._resolve_path_or_ctx(path, values, context), values, context)


def _test(rule, value, values, context):
    types = {
        "IsNull": value is None,
        "IsNumeric": _is("Numeric", value),
        "IsString": _is("String", value),
        "IsBoolean": _is("Boolean", value),
        "IsTimestamp": _moment(value) is not None,
    }
    for name, actual in types.items():
        if name in rule:
            return actual == rule[name]
    if "StringMatches" in rule:
        return _is("String", value) and _matches(rule["StringMatches"], value)
    for name, expected in rule.items():
        match = _OPERATOR.fullmatch(name)
        if match:
            kind, comparison, path = match.groups()
            if path:
                expected = stepfunctions._resolve_path_or_ctx(expected, values, context)
            if kind == "Timestamp":
                value, expected = _moment(value), _moment(expected)
                return None not in (value, expected) and _COMPARISONS[comparison](value, expected)
            return _is(kind, value) and _is(kind, expected) and _COMPARISONS[comparison](value, expected)
    raise Error("States.Runtime", f"The rule {dumps(rule)} has no known operator")


def _is(kind, value):
    if kind == "String":
        return isinstance(value, str)
    if kind == "Boolean":
        return isinstance(value, bool)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _moment(value):
    moment = stepfunctions._parse_ts(value)
    return moment.astimezone(datetime.timezone.utc) if moment and moment.tzinfo else None


def _matches(pattern, text):
    """Matches a text with a pattern: `*` is any text, `\\*` an asterisk, `\\\\` a backslash."""
    parts = re.findall(r"\\[\\*]|.", pattern, re.S)
    regex = "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts)
    return re.fullmatch(regex, text, re.S) is not None
