"""What survives the end of the process."""

import json
import os
import threading
import time

import control
import ministack.app
from ministack.core import persistence
from ministack.services import cloudformation

from . import correction, replaced

_INTERVAL = float(os.environ.get("TRELLIS_LOCAL_SAVE_SECONDS", "15"))


@correction
def save_while_running():
    """The state is saved every few seconds of use: AWS keeps what it has acknowledged.

    MiniStack saves only at a clean stop.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html#ddb_highavailability
    """
    if not persistence.PERSIST_STATE:
        return
    original = ministack.app.app
    used = threading.Event()

    async def app(scope, receive, send):
        if scope["type"] == "http" and not scope["path"].startswith(("/_ministack/", "/_trellis/")):
            used.set()
        await original(scope, receive, send)

    def save_now_and_then():
        while True:
            used.wait()
            time.sleep(_INTERVAL)
            used.clear()
            control.save()

    ministack.app.app = app
    threading.Thread(target=save_now_and_then, daemon=True, name="trellis-save").start()


@correction
def interrupted_stacks():
    """A stack whose operation ended with the process does not stay in progress for ever.

    AWS runs every operation to its end. Here a stack that was being created is left as rolled back, which
    the CDK deletes and creates anew; one that was being updated is left as rolled back without a
    template, so that the next deployment goes over each of its resources.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    """

    @replaced(cloudformation, "load_persisted_state")
    def load(original, data):
        original(data)
        for stack in cloudformation._stacks._data.values():
            status = stack.get("StackStatus", "")
            if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
                continue
            stack["StackStatusReason"] = "The local cloud was stopped during this operation."
            if status.startswith("UPDATE"):
                stack["StackStatus"] = "UPDATE_ROLLBACK_COMPLETE"
                stack["_template_body"] = json.dumps({"Resources": {}})
            else:
                stack["StackStatus"] = "DELETE_FAILED" if status.startswith("DELETE") else "ROLLBACK_COMPLETE"
