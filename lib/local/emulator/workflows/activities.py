"""Activities: a worker requests a task, and returns its token.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html
"""

import asyncio
import json

from ministack.services import stepfunctions

from . import engine, interpreter, records, tasks, tokens
from .records import Error


async def get_task(original, request):
    response = await original(request)
    body = json.loads(response[2] or b"{}")
    if body.get("taskToken"):
        await asyncio.to_thread(task_received, body["taskToken"])
    return response


def enqueue(branch, resource):
    if resource not in stepfunctions._activities:
        raise Error("ActivityDoesNotExist", f"Activity {resource} not found")
    task = {"taskToken": branch["token"], "input": branch["arguments"]}
    stepfunctions._activity_tasks.setdefault(resource, []).append(task)


def task_received(token):
    """Starts the timeout of an activity's task when a worker has received it."""
    with engine.lock:
        key, record, branch = tokens.waiting_for(token)
        if branch is None:
            return
        branch["called"] = True
        engine.note_change()
        tasks.limit(key, branch)
        resource = records.state_of(record, branch)["Resource"]
        interpreter.guarded(key, record, branch, lambda: tasks.event(record, branch, resource, "Started", {}))
