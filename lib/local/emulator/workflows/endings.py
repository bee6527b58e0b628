"""Ends of executions: success, failure, abort, and the time limit."""

import time

from ministack.core.responses import now_iso

from . import engine, parallel_and_map, nested, records, status_events
from .records import add_event


def succeed(key, record, text):
    record.update(status="SUCCEEDED", output=text, stopDate=now_iso())
    add_event(record, None, "ExecutionSucceeded", {"output": text, "outputDetails": {"truncated": False}})
    record["trellis"].update(branches={}, ended=time.time())
    _ended(key, record)


def end(key, record, status, error=None, cause=None):
    """Ends an execution that has not succeeded. Its branches stay for a redrive."""
    kept = record["trellis"]
    parallel_and_map.abort(record, [b for b in kept["branches"].values() if b["phase"] in records.ACTIVE])
    record.update(status=status, error=error, cause=cause, stopDate=now_iso(), output=None)
    kind = {"FAILED": "ExecutionFailed", "TIMED_OUT": "ExecutionTimedOut", "ABORTED": "ExecutionAborted"}[status]
    add_event(record, None, kind, {name: text for name, text in (("error", error), ("cause", cause)) if text})
    kept.update(ended=time.time(), **({} if kept["type"] == "STANDARD" else {"branches": {}}))
    _ended(key, record)


def _ended(key, record):
    status_events.note(key, record)
    engine.notify_watcher(key)
    nested.ended(key, record)


def overdue(key, due):
    """Ends an execution at its time limit: `TimeoutSeconds` of the machine, five minutes for Express."""
    with engine.lock:
        record = records.find(key)
        if record and record["status"] == "RUNNING" and record["trellis"]["deadline"] == due:
            end(key, record, "TIMED_OUT", "States.Timeout", "")


def set_deadline(key, record):
    """Sets the deadline of an execution; a redrive gets the whole time again."""
    kept = record["trellis"]
    seconds = records.definition_of(record).get("TimeoutSeconds")
    if kept["type"] == "EXPRESS":
        seconds = min(seconds or records.MAX_EXPRESS_SECONDS, records.MAX_EXPRESS_SECONDS)
    kept["deadline"] = None if seconds is None else time.time() + seconds
    if seconds is not None:
        engine.at(kept["deadline"], overdue, key, kept["deadline"])
