"""Saves periodically while state changes, and at the end."""

import asyncio
import logging
import os
import signal
import threading
import time

import snapshot_process
import hypercorn.asyncio
import lifecycle
import save_loading
import ministack.app
from ministack.core import persistence
from ministack.services import cloudformation

# Seconds between saves. A kill loses at most this and the duration of a save.
_INTERVAL = float(os.environ.get("TRELLIS_LOCAL_SAVE_SECONDS", "0.7"))
_DRAIN_SECONDS = float(os.environ.get("TRELLIS_LOCAL_DRAIN_SECONDS", "10"))
logger = logging.getLogger("trellis")
_stopped = None


def save_while_used():
    threading.Thread(target=_save_periodically, daemon=True, name="trellis-save").start()


def _save_periodically():
    problem = None
    while True:
        lifecycle.used.wait()
        began = time.monotonic()
        lifecycle.used.clear()
        if _stopped is not None:
            return
        try:
            save()
            problem = None
        except Exception as error:  # noqa: BLE001
            if str(error) != problem:
                problem = str(error)
                logger.error("Saving failed, so later changes may be lost: %s", problem)
            # The changes of the failed save are still to be saved.
            lifecycle.used.set()
        time.sleep(max(0.05, _INTERVAL - (time.monotonic() - began)))


def save(final=False):
    saved = snapshot_process.save(final)
    save_loading.remove_former_layout()
    return saved


async def stop():
    """Drains, saves, and reads the save back. Repeated calls share one stop."""
    global _stopped
    if _stopped is None:
        _stopped = asyncio.ensure_future(_stop())
    return await asyncio.shield(_stopped)


async def _stop():
    unfinished = await lifecycle.drain(_DRAIN_SECONDS)
    try:
        saved = await asyncio.to_thread(save, True)
        return {"kept": True, "savedAt": saved["takenAt"], "unfinished": unfinished}
    except Exception as error:  # noqa: BLE001
        previous = snapshot_process.last()
        logger.error("The last save failed: %s", error)
        reason = str(error) or type(error).__name__
        return {"kept": False, "savedAt": previous and previous["takenAt"], "unfinished": unfinished, "reason": reason}


def install():
    _stop_on_sigterm()
    if not persistence.PERSIST_STATE:
        return
    # MiniStack's save at its end does not report failures.
    ministack.app.save_all = lambda _services: None
    _skip_settled_stacks()


def _stop_on_sigterm():
    serve = hypercorn.asyncio.serve

    async def served(app, config, **options):
        if "shutdown_trigger" not in options:
            requested = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, requested.set)

            async def stopped():
                await requested.wait()
                await stop()

            options["shutdown_trigger"] = stopped
        await serve(app, config, **options)

    hypercorn.asyncio.serve = served


def _skip_settled_stacks():
    """Serializes the largest state, templates and events of stacks, only after requests and during operations."""
    requests = [0]
    handle = cloudformation.handle_request

    async def handle_request(*args, **kwargs):
        requests[0] += 1
        return await handle(*args, **kwargs)

    cloudformation.handle_request = handle_request

    def version():
        stacks = cloudformation._stacks._data.values()
        return None if any(stack.get("StackStatus", "").endswith("_IN_PROGRESS") for stack in stacks) else requests[0] + 1

    snapshot_process.serialized_by_version("cloudformation", version)
