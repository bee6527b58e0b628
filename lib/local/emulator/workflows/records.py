"""Stored executions: the record that the API describes, with the checkpoint.

Checkpoints are plain data: strings, numbers and lists that are replaced, never changed in place. A branch is
{id, parent, index, path, phase, state, input, ...}; the root has no parent.
"""

import functools
import hashlib
import json
import time

from ministack.core.responses import AccountRegionScopedDict, now_iso
from ministack.services import stepfunctions

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_PAYLOAD_BYTES = 262_144
MAX_EVENTS = 25_000
MAX_EXPRESS_SECONDS = 300
RETENTION_SECONDS = 90 * 24 * 3600
REDRIVABLE_SECONDS = 14 * 24 * 3600

Error = stepfunctions._ExecutionError

# Definitions by hash: each execution has its definition, and most executions share them.
definitions = {}


class HistoryFull(Exception):
    """The execution has the maximum number of events."""


def dumps(value):
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise Error("States.Runtime", f"The value cannot be written as JSON: {error}") from None


def is_too_large(text):
    return len(text) > MAX_PAYLOAD_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES


def assert_size(text, name):
    if is_too_large(text):
        raise Error(
            "States.DataLimitExceeded",
            f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit.",
        )
    return text


def keep_definition(text):
    key = hashlib.sha256(text.encode()).hexdigest()
    definitions[key] = text
    return key


@functools.lru_cache(maxsize=256)
def parsed(text):
    return json.loads(text)


# Phases of a branch that has not ended.
ACTIVE = ("enter", "attempt", "wait", "retry", "task", "callback", "nested", "activity", "children")


def find(key):
    return stepfunctions._executions.get_scoped(*key)


def definition_of(record):
    return parsed(definitions[record["trellis"]["definition"]])


def scope_of(record, branch):
    """Returns the definition with the states of a branch: the machine, or a branch or processor of a group state."""
    scope = definition_of(record)
    for name, index in branch["path"]:
        state = scope["States"][name]
        scope = state["Branches"][index] if index is not None else state.get("ItemProcessor") or state["Iterator"]
    return scope


def state_of(record, branch):
    state = scope_of(record, branch)["States"].get(branch["state"])
    if state is None:
        raise Error("States.Runtime", f"State '{branch['state']}' not found in the definition")
    return state


def new_branch(record, parent, path, index, start, text, variables="{}", item=None):
    kept = record["trellis"]
    branch = {
        "id": str(kept["next"]),
        "parent": parent and parent["id"],
        "path": path,
        "index": index,
        "phase": "enter",
        "state": start,
        "input": text,
        "variables": variables,
        "item": item if item is not None else parent and parent["item"],
        "retries": [],
        "last_event": parent["last_event"] if parent else 0,
        "reported_as": parent and parent["reported_as"],
    }
    kept["next"] += 1
    kept["branches"][branch["id"]] = branch
    return branch


def children_of(record, branch):
    return [b for b in record["trellis"]["branches"].values() if b["parent"] == branch["id"]]


def drop_children(record, branch):
    for child in children_of(record, branch):
        drop_children(record, child)
        del record["trellis"]["branches"][child["id"]]


def add_event(record, branch, kind, details=None, field=None):
    """Adds an event to the history. The name of its details is derived from the kind, as in the API."""
    reported = stepfunctions._executions.get(branch["reported_as"]) if branch and branch["reported_as"] else None
    events = (reported or record)["events"]
    if record["trellis"]["type"] == "STANDARD" and len(events) >= MAX_EVENTS - 1 and kind[:9] != "Execution":
        raise HistoryFull
    event = {
        "id": len(events) + 1,
        "type": kind,
        "timestamp": now_iso(),
        "previousEventId": branch["last_event"] if branch else len(events),
    }
    if details is not None:
        event[f"{field or kind[0].lower() + kind[1:]}EventDetails"] = details
    events.append(event)
    if branch:
        branch["last_event"] = event["id"]


def is_redrivable(record):
    """Returns true for a redrivable execution, and else false with AWS's reason.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
    """
    status, kept = record["status"], record["trellis"]
    if kept["type"] != "STANDARD":
        return False, "Redrive is not supported for EXPRESS executions"
    if status not in ("FAILED", "TIMED_OUT", "ABORTED"):
        return False, f"Execution is {status} and cannot be redriven"
    if time.time() - kept["ended"] > REDRIVABLE_SECONDS:
        return False, f"Execution is {status} and its redrivable period has expired"
    if len(record["events"]) >= MAX_EVENTS - 1:
        return False, "Execution event history limit exceeded"
    return True, None


def snapshot():
    """Copies the executions for a save: later steps do not change the copy."""
    copy = AccountRegionScopedDict()
    for scoped, record in list(stepfunctions._executions._data.items()):
        kept = record.get("trellis")
        copied = {**record, "events": list(record["events"])}
        if kept:
            branches = {name: dict(branch) for name, branch in kept["branches"].items()}
            copied["trellis"] = {**kept, "branches": branches}
        copy._data[scoped] = copied
    return copy
