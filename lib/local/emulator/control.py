"""What `trellis` asks of its own emulator: who it is, to save its state, to stop, and to serve a site."""

import asyncio
import json
import os

import edge
import holds
import lifecycle
import loading
import ministack.app
import saving
from ministack.services import cloudformation

def install():
    original = ministack.app.app

    async def app(scope, receive, send):
        if scope["type"] != "http" or not scope["path"].startswith("/_trellis/"):
            return await original(scope, receive, send)
        request = (scope["method"], scope["path"])
        status, answer = 200, {}
        if request == ("GET", "/_trellis/instance"):
            answer = {"instance": os.environ.get("TRELLIS_LOCAL_INSTANCE", ""), "pid": os.getpid()}
        elif request == ("POST", "/_trellis/save"):
            try:
                await asyncio.to_thread(saving.save)
            except Exception as error:  # noqa: BLE001
                status, answer = 500, {"reason": str(error) or type(error).__name__}
        elif request == ("POST", "/_trellis/stop"):
            answer = await saving.stop()
        elif request == ("GET", "/_trellis/drain"):
            answer = lifecycle.drain_report()
        elif request == ("GET", "/_trellis/operations"):
            stacks = cloudformation._stacks._data.values()
            moving = [each for each in list(stacks) if each.get("StackStatus", "").endswith("_IN_PROGRESS")]
            answer = [
                {"stack": each["StackName"], "status": each["StackStatus"]}
                for each in moving
                if each["StackStatus"] != "REVIEW_IN_PROGRESS"
            ]
        elif request == ("GET", "/_trellis/loaded"):
            answer = loading.report
        elif request == ("POST", "/_trellis/holds"):
            answer = await holds.counts_from(receive)
        elif request == ("POST", "/_trellis/edge"):
            status, answer = await edge.open_from(receive)
        else:
            status = 404
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    ministack.app.app = app
