"""The phases of this process: it loads what was kept, serves, drains, and is closed. Others hook in here.

    lifecycle.after_load(resume)      # once all services have what was kept, and the port answers
    lifecycle.before_drain(pause)     # no new work may begin from here on
    lifecycle.busy(tasks)             # the drain waits until each of these returns nothing: {"execution of X": 2}
    lifecycle.guards_cut(lock)        # held while the state of all services is copied at one moment
    lifecycle.changed()               # something that must survive has changed without a request
"""

import asyncio
import collections
import json
import logging
import os
import re
import threading
import time

import invoking
import ministack.app
import saves

OPEN, DRAINING, CLOSED = "open", "draining", "closed"

logger = logging.getLogger("trellis")
cut_locks = []
used = threading.Event()
_phase = OPEN
_deadline = None
_requests = {}
_after_load, _before_drain, _busy = [], [], []

# Reads, by the names that AWS gives them; a cut after each of them would save what it has saved before.
_READS = re.compile(rb"\.(Get|List|Describe|BatchGet|TransactGet|Query|Scan|Filter|Lookup|Test)(?!ActivityTask)\w*$")
# Requests that wait for something to come: nothing is lost when they end early.
_WAITS = re.compile(rb"\.(ReceiveMessage|GetActivityTask)$")
_FUNCTION_KEY = re.compile(rb"Credential=ASIA")


def after_load(callback):
    _after_load.append(callback)


def before_drain(callback):
    _before_drain.append(callback)


def busy(tasks):
    _busy.append(tasks)


def guards_cut(lock):
    cut_locks.append(lock)


def is_stopping():
    return _phase != OPEN


def changed():
    saves.note_change()
    if not used.is_set():
        used.set()


async def drain(seconds):
    """Takes no new work, waits for the work under way, and closes; returns what was still under way."""
    global _phase, _deadline
    _phase = DRAINING
    _deadline = time.monotonic() + seconds
    for callback in _before_drain:
        callback()
    quiet = 0
    # Twice in a row: a batch that ends may begin another one.
    while quiet < 2 and time.monotonic() < _deadline:
        quiet = quiet + 1 if not under_way() else 0
        await asyncio.sleep(0.02)
    left = under_way()
    _phase = CLOSED
    return left


def under_way():
    """How much of which kind the drain waits for."""
    tasks = collections.Counter(list(_requests.values()))
    for each in _busy:
        tasks.update(each())
    return dict(+tasks)


def drain_report():
    """What an end waits for, and for how many seconds more; None when there is no drain."""
    if _phase != DRAINING:
        return None
    return {"waitsFor": under_way(), "secondsLeft": max(0, _deadline - time.monotonic())}


def gate(original):
    """Of an ASGI app: refuses what comes after the drain began, except of functions that are being drained."""

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return await original(scope, receive, _loaded_after(send))
        headers = dict(scope["headers"])
        of_function = bool(_FUNCTION_KEY.search(headers.get(b"authorization", b"")))
        if _phase == CLOSED or (_phase == DRAINING and not of_function):
            return await _refuse(scope, receive, send)
        if scope["type"] == "websocket":
            return await original(scope, _until_draining(receive), send)
        target = headers.get(b"x-amz-target", b"")
        writes = scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _READS.search(target)
        request = object()
        if not _WAITS.search(target):
            _requests[request] = _name_of(scope, target)
        if writes:
            changed()
        token = invoking.source.set(invoking.FUNCTION if of_function else invoking.REQUEST)
        try:
            await original(scope, receive, send)
        finally:
            invoking.source.reset(token)
            _requests.pop(request, None)
            if writes:
                changed()

    return app


def _name_of(scope, target):
    """A request in a few words: the operation of a service, or the method and path."""
    operation = re.search(rb"(\w+?)(?:_\d+)?\.(\w+)$", target)
    name = b" ".join(operation.groups()).decode() if operation else f"{scope['method']} {scope['path']}"
    return f"request {name}"


def _until_draining(receive):
    """A socket's messages are requests, too."""

    async def until():
        message = await receive()
        changed()
        return message if _phase == OPEN else {"type": "websocket.disconnect", "code": 1012}

    return until


def _loaded_after(send):
    async def sent(message):
        await send(message)
        if message["type"] == "lifespan.startup.complete":
            threading.Thread(target=_resume, args=(asyncio.get_running_loop(),), daemon=True).start()

    return sent


def _resume(loop):
    """What goes on after a start calls functions, and they call this port."""
    port = int(os.environ["GATEWAY_PORT"])
    asyncio.run_coroutine_threadsafe(ministack.app._wait_for_port(port), loop).result()
    for callback in _after_load:
        try:
            callback()
        except Exception:
            logger.exception("What was under way at the last end does not go on")


async def _refuse(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        return await send({"type": "websocket.close", "code": 1012})
    headers = [
        (b"content-type", b"application/json"),
        (b"retry-after", b"5"),
        (b"connection", b"close"),
        (b"x-amzn-errortype", b"ServiceUnavailable"),
    ]
    body = json.dumps({"__type": "ServiceUnavailable", "message": "The local cloud is stopping."}).encode()
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
