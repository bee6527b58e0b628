"""Phases of this process: it loads the saved state, serves, drains, and closes. Other modules register hooks:

    lifecycle.after_load(resume)      # called when all services are loaded and the port is open
    lifecycle.before_drain(pause)     # called before the drain: no new work may begin after it
    lifecycle.busy(tasks)             # returns unfinished work that the drain waits for: {"execution of X": 2}
    lifecycle.guards_snapshot(lock)   # a lock that is held while the state of all services is copied
    lifecycle.changed()               # state to be saved has changed without a request
"""

import asyncio
import collections
import json
import logging
import os
import re
import threading
import time

import invocation_sources
import ministack.app
import change_clock

OPEN, DRAINING, CLOSED = "open", "draining", "closed"

logger = logging.getLogger("trellis")
snapshot_locks = []
used = threading.Event()
_phase = OPEN
_deadline = None
_requests = {}
_after_load, _before_drain, _busy = [], [], []

# Read operations, by AWS's naming: they need no save.
_READS = re.compile(rb"\.(Get|List|Describe|BatchGet|TransactGet|Query|Scan|Filter|Lookup|Test)(?!ActivityTask)\w*$")
# Requests that long-poll: nothing is lost when they end early.
_WAITS = re.compile(rb"\.(ReceiveMessage|GetActivityTask)$")
_KEY = re.compile(rb"Credential=(\w+)/")


def after_load(callback):
    _after_load.append(callback)


def before_drain(callback):
    _before_drain.append(callback)


def busy(tasks):
    _busy.append(tasks)


def guards_snapshot(lock):
    snapshot_locks.append(lock)


def is_stopping():
    return _phase != OPEN


def changed():
    change_clock.note_change()
    if not used.is_set():
        used.set()


async def drain(seconds):
    """Accepts no new work, waits for unfinished work, and closes. Returns the work that did not end in time."""
    global _phase, _deadline
    _phase = DRAINING
    _deadline = time.monotonic() + seconds
    for callback in _before_drain:
        callback()
    quiet = 0
    # Idle twice in a row: a batch that ends may begin another batch.
    while quiet < 2 and time.monotonic() < _deadline:
        quiet = quiet + 1 if not unfinished_work() else 0
        await asyncio.sleep(0.02)
    left = unfinished_work()
    _phase = CLOSED
    return left


def unfinished_work():
    """Returns the number of unfinished tasks by kind."""
    tasks = collections.Counter(list(_requests.values()))
    for callback in _busy:
        tasks.update(callback())
    return dict(+tasks)


def drain_report():
    """Returns the work that the drain waits for, and its remaining seconds; None outside of a drain."""
    if _phase != DRAINING:
        return None
    return {"waitsFor": unfinished_work(), "secondsLeft": max(0, _deadline - time.monotonic())}


def gate(original):
    """Wraps an ASGI app: rejects requests after the drain began, except requests of functions that still run."""

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return await original(scope, receive, _loaded_after(send))
        headers = dict(scope["headers"])
        key = _KEY.search(headers.get(b"authorization", b""))
        of_function = key is not None and key[1].decode() in invocation_sources.function_keys
        if _phase == CLOSED or (_phase == DRAINING and not of_function):
            return await _reject(scope, receive, send)
        if scope["type"] == "websocket":
            return await original(scope, _until_draining(receive), send)
        target = headers.get(b"x-amz-target", b"")
        writes = scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _READS.search(target)
        request = object()
        if not _WAITS.search(target):
            _requests[request] = _name_of(scope, target)
        if writes:
            changed()
        token = invocation_sources.source.set(invocation_sources.FUNCTION if of_function else invocation_sources.REQUEST)
        try:
            await original(scope, receive, send)
        finally:
            invocation_sources.source.reset(token)
            _requests.pop(request, None)
            if writes:
                changed()

    return app


def _name_of(scope, target):
    """Returns the name of a request: the operation of a service, or the method and path."""
    operation = re.search(rb"(\w+?)(?:_\d+)?\.(\w+)$", target)
    name = b" ".join(operation.groups()).decode() if operation else f"{scope['method']} {scope['path']}"
    return f"request {name}"


def _until_draining(receive):
    """Disconnects a web socket when the drain begins; its messages count as requests that change state."""

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
    """Resumes work after the port is open: the work calls functions, which call this port."""
    port = int(os.environ["GATEWAY_PORT"])
    asyncio.run_coroutine_threadsafe(ministack.app._wait_for_port(port), loop).result()
    for callback in _after_load:
        try:
            callback()
        except Exception:
            logger.exception("Unfinished work of the last process could not be resumed")


async def _reject(scope, receive, send):
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
