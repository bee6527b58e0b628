"""Parallel and Map states: their branches have copies of the variables at their start."""

import json

from ministack.services import stepfunctions

from . import data, interpreter, map_runs, nested, records, tasks
from .records import Error, add_event, assert_size, dumps


# https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
MAX_INLINE_CONCURRENCY = 40
# AWS runs up to 10,000 items of a distributed Map at once; here each call is a thread.
MAX_DISTRIBUTED_CONCURRENCY = 64
_CLOSED = dict.fromkeys(("inputs", "results", "next_item", "concurrency", "tolerated", "failures", "map_run"))


def close(record, branch):
    """Deletes the branches of a group that has ended or is retried."""
    records.drop_children(record, branch)
    branch.update(_CLOSED)


def attempt(key, record, branch, state, raw, context):
    close(record, branch)
    if state["Type"] == "Parallel":
        return _start_branches(key, record, branch, state, raw, context)
    items, effective = _items_of(state, raw, context)
    inputs = [_item_input(state, raw, effective, item, index, context) for index, item in enumerate(items)]
    concurrency = data.number(state, "MaxConcurrency", raw, context) or 0
    tolerated = [data.number(state, f"ToleratedFailure{unit}", raw, context) for unit in ("Count", "Percentage")]
    add_event(record, branch, "MapStateStarted", {"length": len(items)})
    map_run = map_runs.begin(record, state, len(inputs), int(concurrency), tolerated)
    if map_run and tolerated == [None, None]:
        tolerated = [0, None]
    max_concurrency = MAX_DISTRIBUTED_CONCURRENCY if map_run else MAX_INLINE_CONCURRENCY
    branch.update(
        phase="children",
        inputs=inputs,
        results=[None] * len(inputs),
        next_item=0,
        concurrency=min(int(concurrency) or max_concurrency, max_concurrency),
        tolerated=tolerated,
        failures=0,
        map_run=map_run,
    )
    go_on_with_items(key, record, branch)


def _start_branches(key, record, branch, state, raw, context):
    text = assert_size(dumps(data.arguments(state, raw, context)), branch["state"])
    add_event(record, branch, "ParallelStateStarted")
    branches = state.get("Branches", [])
    branch.update(phase="children", inputs=[], results=[None] * len(branches), failures=0, tolerated=[None, None])
    for index, part in enumerate(branches):
        path = [*branch["path"], [branch["state"], index]]
        child = records.new_branch(record, branch, path, index, part["StartAt"], text, branch["variables"])
        interpreter.go_on(key, child)


def _items_of(state, raw, context):
    effective = data.effective_input(state, raw, context)
    processor = state.get("ItemProcessor") or state.get("Iterator") or {}
    is_distributed = (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED"
    if is_distributed and state.get("ItemReader"):
        return stepfunctions._read_map_items(state["ItemReader"], effective, context), effective
    if data.is_jsonata(state, context):
        items = stepfunctions._jsonata_state_field(state, "Items", "array", raw, context) if "Items" in state else raw
    else:
        items = stepfunctions._resolve_path_or_ctx(state.get("ItemsPath", "$"), effective, context)
    if not isinstance(items, list):
        raise Error(
            "States.Runtime", f"The items of {context['State']['Name']} must be an array, but were {dumps(items)}"
        )
    return items, effective


def _item_input(state, raw, effective, item, index, context):
    """Returns [input, item of the context object], both as JSON."""
    inner = {**context, "Map": {"Item": {"Index": index, "Value": item}}}
    template = state.get("ItemSelector") or state.get("Parameters")
    if not template:
        value = item
    elif data.is_jsonata(state, context):
        value = stepfunctions._apply_jsonata_template(template, raw, inner)
    else:
        value = data.filled(template, effective, inner)
    return [dumps(value), dumps(inner["Map"]["Item"])]


def go_on_with_items(key, record, branch):
    """Starts items up to the concurrency limit, and ends the state when all items are done."""
    state = records.state_of(record, branch)
    if state["Type"] == "Parallel":
        if all(text is not None for text in branch["results"]):
            _all_done(key, record, branch, state)
        return
    running = sum(1 for child in records.children_of(record, branch) if child["phase"] in records.ACTIVE)
    first, total = branch["next_item"], len(branch["inputs"])
    if first == total and not running:
        return _all_done(key, record, branch, state)
    scope = state.get("ItemProcessor") or state["Iterator"]
    path = [*branch["path"], [branch["state"], None]]
    branch["next_item"] = min(total, first + max(0, branch["concurrency"] - running))
    for index in range(first, branch["next_item"]):
        text, item = branch["inputs"][index]
        child = records.new_branch(record, branch, path, index, scope["StartAt"], text, branch["variables"], item)
        map_runs.item_started(record, branch, child)
        _iteration_event(record, branch, child, "Started")
        interpreter.go_on(key, child)


def _iteration_event(record, branch, child, outcome):
    """Adds an event of an item; items of a distributed Map have separate histories instead."""
    if not branch["map_run"]:
        add_event(record, child, f"MapIteration{outcome}", {"name": branch["state"], "index": child["index"]})


def _all_done(key, record, branch, state):
    """Ends the state with the results of all branches."""
    add_event(record, branch, f"{state['Type']}StateSucceeded")
    map_runs.finish(branch, "SUCCEEDED")
    raw, context = json.loads(branch["input"]), data.context_of(record, branch)
    # An item whose failure is tolerated has no result.
    results = [None if text is None else json.loads(text) for text in branch["results"]]
    text, variables = data.outcome(state, raw, results, context)
    interpreter.leave(key, record, branch, state, text, variables)


def child_done(key, record, child):
    branch = record["trellis"]["branches"][child["parent"]]
    results = list(branch["results"])
    results[child["index"]] = child["output"]
    branch["results"] = results
    if child["item"] is not None and records.state_of(record, branch)["Type"] == "Map":
        _iteration_event(record, branch, child, "Succeeded")
        map_runs.item_ended(record, branch, child, "succeeded")
    records.drop_children(record, child)
    del record["trellis"]["branches"][child["id"]]
    interpreter.guarded(key, record, branch, lambda: go_on_with_items(key, record, branch))


def child_failed(key, record, child):
    branch = record["trellis"]["branches"][child["parent"]]
    state = records.state_of(record, branch)
    error, cause = child["error"], child["cause"]
    if state["Type"] == "Map":
        _iteration_event(record, branch, child, "Failed")
        map_runs.item_ended(record, branch, child, "failed")
        branch["failures"] += 1
        count, percentage = branch["tolerated"]
        if count is not None or percentage is not None:
            total = len(branch["inputs"])
            over_count = count is not None and branch["failures"] > count
            over_share = percentage is not None and branch["failures"] * 100 > percentage * total
            if not over_count and not over_share:
                return interpreter.guarded(key, record, branch, lambda: go_on_with_items(key, record, branch))
            error, cause = (
                "States.ExceedToleratedFailureThreshold",
                "The specified tolerated failure threshold was exceeded",
            )
        map_runs.finish(branch, "FAILED")
    siblings = [b for b in _descendants_of(record, branch) if b["phase"] in records.ACTIVE]
    abort(record, siblings)
    add_event(record, branch, f"{state['Type']}StateFailed", {"error": error, "cause": cause})
    interpreter.guarded(key, record, branch, lambda: interpreter.fail_state(key, record, branch, error, cause))


def _descendants_of(record, branch):
    for child in records.children_of(record, branch):
        yield child
        yield from _descendants_of(record, child)


def abort(record, branches):
    """Aborts branches; they keep their position for a redrive."""
    for branch in branches:
        child = branch.get("child")
        tasks.close(branch)
        branch.update(phase="aborted", was=branch["phase"])
        map_runs.finish(branch, "ABORTED")
        parent = record["trellis"]["branches"].get(branch["parent"])
        if parent:
            map_runs.item_ended(record, parent, branch, "aborted")
        arn = record["executionArn"]
        if child:
            account, region = arn.split(":")[4], arn.split(":")[3]
            nested.stop((account, region, None), child)
        try:
            kind = records.state_of(record, branch)["Type"]
            if kind in ("Task", "Wait", "Parallel", "Map"):
                add_event(record, branch, f"{kind}StateAborted")
        except (Error, records.HistoryFull):
            continue
