"""Saves while this cloud is used, and at its end."""

import asyncio
import logging
import os
import signal
import threading
import time

import cut
import hypercorn.asyncio
import lifecycle
import loading
import ministack.app
from ministack.core import persistence
from ministack.services import cloudformation

# The loss of a kill is at most this and the time that a save takes.
_INTERVAL = float(os.environ.get("TRELLIS_LOCAL_SAVE_SECONDS", "0.7"))
_DRAINS_WITHIN = float(os.environ.get("TRELLIS_LOCAL_DRAIN_SECONDS", "10"))
logger = logging.getLogger("trellis")
_stopped = None


def save_while_used():
    threading.Thread(target=_save_now_and_then, daemon=True, name="trellis-save").start()


def _save_now_and_then():
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
                logger.error("Saving failed; what changes from now on may be lost: %s", problem)
            # What is not saved yet has changed since the last save.
            lifecycle.used.set()
        time.sleep(max(0.05, _INTERVAL - (time.monotonic() - began)))


def save(final=False):
    saved = cut.save(final)
    loading.remove_former_layout()
    return saved


async def stop():
    """Drains, saves, and reads the save back; once, however often it is asked for."""
    global _stopped
    if _stopped is None:
        _stopped = asyncio.ensure_future(_stop())
    return await asyncio.shield(_stopped)


async def _stop():
    unfinished = await lifecycle.drain(_DRAINS_WITHIN)
    try:
        saved = await asyncio.to_thread(save, True)
        return {"kept": True, "savedAt": saved["takenAt"], "unfinished": unfinished}
    except Exception as error:  # noqa: BLE001
        former = cut.last()
        logger.error("The last save failed: %s", error)
        reason = str(error) or type(error).__name__
        return {"kept": False, "savedAt": former and former["takenAt"], "unfinished": unfinished, "reason": reason}


def install():
    _stop_on_sigterm()
    if not persistence.PERSIST_STATE:
        return
    # MiniStack's own save at its end does not say when it fails.
    ministack.app.save_all = lambda _services: None
    _skip_settled_stacks()


def _stop_on_sigterm():
    serve = hypercorn.asyncio.serve

    async def served(app, config, **options):
        if "shutdown_trigger" not in options:
            asked = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)

            async def stopped():
                await asked.wait()
                await stop()

            options["shutdown_trigger"] = stopped
        await serve(app, config, **options)

    hypercorn.asyncio.serve = served


def _skip_settled_stacks():
    """The largest state, templates and events of stacks, changes by requests and during operations only."""
    asked = [0]
    handle = cloudformation.handle_request

    async def handle_request(*args, **kwargs):
        asked[0] += 1
        return await handle(*args, **kwargs)

    cloudformation.handle_request = handle_request

    def version():
        stacks = cloudformation._stacks._data.values()
        return None if any(each.get("StackStatus", "").endswith("_IN_PROGRESS") for each in stacks) else asked[0] + 1

    cut.serialized_by_version("cloudformation", version)
