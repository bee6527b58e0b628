"""Ends of Wait states.

https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
"""

import datetime

from ministack.services import stepfunctions

from . import data
from .records import Error, dumps


def wait_ends(state, raw, context, now):
    """Returns the time at which a wait ends, in seconds since the epoch."""
    scale = stepfunctions._SFN_WAIT_SCALE
    if "Timestamp" in state or "TimestampPath" in state:
        if "TimestampPath" in state:
            values = data.effective_input(state, raw, context)
            text = stepfunctions._resolve_path_or_ctx(state["TimestampPath"], values, context)
        elif data.is_jsonata(state, context):
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
    if "Seconds" in state and data.is_jsonata(state, context):
        return now + stepfunctions._jsonata_wait_seconds(state, raw, context) * scale
    seconds = data.number(state, "Seconds", raw, context) or 0
    if seconds < 0:
        raise Error("States.Runtime", f"The value of Seconds must not be negative, but was {seconds}")
    return now + seconds * scale
