"""Redrive of failed executions, and resumption of executions that the end of the process interrupted."""

from ministack.core.responses import now_iso

from . import (
    activities,
    endings,
    engine,
    interpreter,
    map_runs,
    nested,
    parallel_and_map,
    records,
    status_events,
    tasks,
)
from .records import add_event


def redrive(key, record):
    """Continues from the states that failed or were aborted, without repeating the succeeded ones.

    https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
    """
    kept = record["trellis"]
    kept.update(redriveCount=kept["redriveCount"] + 1, redriveDate=now_iso(), ended=None)
    record.update(status="RUNNING", stopDate=None, error=None, cause=None, output=None)
    add_event(record, None, "ExecutionRedriven", {"redriveCount": kept["redriveCount"]})
    status_events.note(key, record)
    endings.set_deadline(key, record)
    _restart(key, record, next(branch for branch in kept["branches"].values() if branch["parent"] is None))


def _restart(key, record, branch):
    was = branch["phase"] if branch["phase"] != "aborted" else branch["was"]
    branch["retries"] = []
    if was in ("failed", "children") and branch.get("results") is not None:
        branch.update(phase="children", failures=0)
        children = records.children_of(record, branch)
        map_runs.restarted(branch, children)
        for child in children:
            _restart(key, record, child)
        return interpreter.guarded(key, record, branch, lambda: parallel_and_map.go_on_with_items(key, record, branch))
    branch["phase"] = "enter" if was == "enter" else "attempt"
    interpreter.go_on(key, branch)


def resume(key, record):
    """Resumes a loaded execution: expired timers are due now, and unfinished calls are repeated."""
    kept = record["trellis"]
    if kept["unpublished"]:
        engine.soon(status_events.publish, key)
    if record["status"] != "RUNNING":
        return
    if kept["deadline"] is not None:
        engine.at(kept["deadline"], endings.overdue, key, kept["deadline"])
    for branch in list(kept["branches"].values()):
        interpreter.guarded(key, record, branch, lambda branch=branch: _resume_branch(key, record, branch))


def _resume_branch(key, record, branch):
    phase = branch["phase"]
    if phase in ("enter", "attempt"):
        return interpreter.go_on(key, branch)
    if phase in ("wait", "retry"):
        return engine.at(branch["due"], interpreter.wake, key, branch["id"], branch["due"])
    if phase not in ("task", "callback", "nested", "activity"):
        return
    resource = records.state_of(record, branch)["Resource"]
    for which in ("timeout", "heartbeat"):
        # A repeated call gets its whole timeout. A task with a token keeps its deadline, which its worker knows.
        if branch.get(which) is not None and phase != "task":
            engine.at(branch[which], tasks.late, key, branch["id"], which, branch[which])
    if phase == "activity":
        return None if branch["called"] else activities.enqueue(branch, resource)
    if phase == "nested" and branch["called"]:
        child_key = (key[0], key[1], branch["child"])
        child = records.find(child_key)
        if child and child["status"] != "RUNNING":
            nested.ended(child_key, child)
        return
    if branch["called"]:
        return
    tasks.call_again(key, record, branch, resource)
