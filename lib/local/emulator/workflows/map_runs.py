"""Map Runs: the reports of distributed Maps in the API. The items are branches of the execution, like those of an
inline Map; each is reported as a child execution with its own history."""

from ministack.core.responses import new_uuid, now_iso
from ministack.services import stepfunctions

from . import records

_COUNTS = ("pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten")


def begin(record, state, total, concurrency, tolerated):
    processor = state.get("ItemProcessor") or state.get("Iterator") or {}
    if (processor.get("ProcessorConfig") or {}).get("Mode") != "DISTRIBUTED":
        return None
    _, _, _, region, account, _, machine = record["stateMachineArn"].split(":")[:7]
    place = f"{machine}/{state.get('Label') or new_uuid()}"
    arn = f"arn:aws:states:{region}:{account}:mapRun:{place}:{new_uuid()}"
    counts = dict(dict.fromkeys(_COUNTS, 0), total=total, pending=total, failuresNotRedrivable=0, pendingRedrive=0)
    stepfunctions._map_runs[arn] = {
        "mapRunArn": arn,
        "executionArn": record["executionArn"],
        "status": "RUNNING",
        "startDate": now_iso(),
        "maxConcurrency": concurrency,
        "toleratedFailureCount": int(tolerated[0] or 0),
        "toleratedFailurePercentage": float(tolerated[1] or 0),
        "itemCounts": dict(counts),
        "executionCounts": dict(counts),
        "redriveCount": 0,
        "_stateMachineArn": f"arn:aws:states:{region}:{account}:stateMachine:{place}",
    }
    return arn


def _count(run, before, after):
    for name in ("itemCounts", "executionCounts"):
        counts = dict(run[name])
        counts[before] -= 1
        counts[after] += 1
        run[name] = counts


def item_started(record, branch, child):
    run = _run_of(branch)
    if run is None:
        return
    name = new_uuid()
    arn = run["_stateMachineArn"].replace(":stateMachine:", ":execution:") + f":{name}"
    stepfunctions._executions[arn] = {
        "executionArn": arn,
        "stateMachineArn": run["_stateMachineArn"],
        "name": name,
        "status": "RUNNING",
        "startDate": now_iso(),
        "stopDate": None,
        "input": child["input"],
        "output": None,
        "mapRunArn": run["mapRunArn"],
        "events": [],
    }
    child.update(reported_as=arn, last_event=0)
    records.add_event(
        record, child, "ExecutionStarted", {"input": child["input"], "roleArn": record["trellis"]["roleArn"]}
    )
    _count(run, "pending", "running")


def item_ended(record, branch, child, outcome):
    run = _run_of(branch)
    reported = stepfunctions._executions.get(child.get("reported_as"))
    if run is None or reported is None:
        return
    fields = ("output",) if outcome == "succeeded" else ("error", "cause")
    end = {name: child[name] for name in fields if child.get(name)}
    reported.update(status=outcome.upper(), stopDate=now_iso(), **end)
    records.add_event(record, child, f"Execution{outcome.capitalize()}", end)
    _count(run, "running", outcome)


def finish(branch, status):
    run = _run_of(branch)
    if run is not None:
        run.update(status=status, stopDate=now_iso())


def restarted(branch, children):
    """Reports a redrive, which runs the failed items again."""
    run = _run_of(branch)
    if run is None:
        return
    run.update(status="RUNNING", redriveCount=run["redriveCount"] + 1, redriveDate=now_iso(), stopDate=None)
    for child in children:
        reported = stepfunctions._executions.get(child.get("reported_as"))
        if reported:
            _count(run, reported["status"].lower(), "running")
            reported.update(status="RUNNING", stopDate=None)


def _run_of(branch):
    return stepfunctions._map_runs.get(branch["map_run"]) if branch.get("map_run") else None
