"""Locks of all state that threads change, for a snapshot."""

import asyncio
import time

import lifecycle

TIMEOUT = 2.0


class SaveFailed(Exception):
    pass


async def acquire_all():
    """Acquires all locks. Between attempts the event loop continues: the holder of a lock may wait for it."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        held = []
        for lock in lifecycle.snapshot_locks:
            if not lock.acquire(timeout=0.01):
                break
            held.append(lock)
        else:
            return held
        for lock in held:
            lock.release()
        if time.monotonic() > deadline:
            raise SaveFailed("a service still holds a lock")
        await asyncio.sleep(0.005)


def release(lock):
    """Releases a lock in the child, where a lock may have been reset by the fork."""
    try:
        lock.release()
    except RuntimeError:
        pass
