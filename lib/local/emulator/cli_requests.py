"""Requests of `trellis` to its emulator: identify, save, stop, count data, serve a site."""

import asyncio
import json
import os

import site_edge
import data_counts
import lifecycle
import save_loading
import ministack.app
import save_schedule
from ministack.services import cloudformation

def install():
    original = ministack.app.app

    async def app(scope, receive, send):
        if scope["type"] != "http" or not scope["path"].startswith("/_trellis/"):
            return await original(scope, receive, send)
        request = (scope["method"], scope["path"])
        status, response = 200, {}
        if request == ("GET", "/_trellis/instance"):
            response = {"instance": os.environ.get("TRELLIS_LOCAL_INSTANCE", ""), "pid": os.getpid()}
        elif request == ("POST", "/_trellis/save"):
            try:
                await asyncio.to_thread(save_schedule.save)
            except Exception as error:  # noqa: BLE001
                status, response = 500, {"reason": str(error) or type(error).__name__}
        elif request == ("POST", "/_trellis/stop"):
            response = await save_schedule.stop()
        elif request == ("GET", "/_trellis/drain"):
            response = lifecycle.drain_report()
        elif request == ("GET", "/_trellis/operations"):
            stacks = cloudformation._stacks._data.values()
            in_progress = [stack for stack in list(stacks) if stack.get("StackStatus", "").endswith("_IN_PROGRESS")]
            response = [
                {"stack": stack["StackName"], "status": stack["StackStatus"]}
                for stack in in_progress
                if stack["StackStatus"] != "REVIEW_IN_PROGRESS"
            ]
        elif request == ("GET", "/_trellis/loaded"):
            response = save_loading.report
        elif request == ("POST", "/_trellis/contents"):
            response = await data_counts.counts_from(receive)
        elif request == ("POST", "/_trellis/edge"):
            status, response = await site_edge.open_from(receive)
        else:
            status = 404
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(response).encode()})

    ministack.app.app = app
