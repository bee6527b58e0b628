"""What `trellis` asks of its own emulator: who it is, to save its state, and to serve a site."""

import asyncio
import json
import os
import threading
import time

import edge
import ministack.app
from ministack.core import persistence

_saving = threading.Lock()


def save():
    with _saving:
        services = ministack.app._build_persistence_save_dict()
        persistence.save_all({name: _in_a_quiet_moment(state) for name, state in services.items()})


def _in_a_quiet_moment(get_state):
    """Requests change a service's state while it is copied; it would not be saved at all."""

    def get():
        for attempt in range(20):
            try:
                return get_state()
            except RuntimeError as error:
                if "changed size during iteration" not in str(error):
                    raise
                time.sleep(0.01 * attempt)
        return get_state()

    return get


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
            await asyncio.to_thread(save)
        elif request == ("POST", "/_trellis/edge"):
            status, answer = await edge.open_from(receive)
        else:
            status = 404
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    ministack.app.app = app
