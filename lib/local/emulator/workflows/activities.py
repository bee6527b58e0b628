"""Activities: a worker asks for a task, and brings its token back.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html
"""

import asyncio
import json

from ministack.services import stepfunctions

from . import engine, interpreter, records, tasks, tokens
from .records import Error


async def get_task(original, request):
    answer = await original(request)
    body = json.loads(answer[2] or b"{}")
    if body.get("taskToken"):
        await asyncio.to_thread(taken, body["taskToken"])
    return answer


def enqueue(branch, resource):
    if resource not in stepfunctions._activities:
        raise Error("ActivityDoesNotExist", f"Activity {resource} not found")
    task = {"taskToken": branch["token"], "input": branch["arguments"]}
    stepfunctions._activity_tasks.setdefault(resource, []).append(task)


def taken(token):
    """A worker has got an activity's task: only now its time begins."""
    with engine.lock:
        key, record, branch = tokens.waiting_for(token)
        if branch is None:
            return
        branch["called"] = True
        engine.note_change()
        tasks.limit(key, branch)
        resource = records.state_of(record, branch)["Resource"]
        interpreter.guarded(key, record, branch, lambda: tasks.event(record, branch, resource, "Started", {}))
