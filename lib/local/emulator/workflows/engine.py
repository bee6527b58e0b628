"""The scheduler of all executions: one thread, one lock, timers by wall-clock time.

A waiting execution costs an entry in a heap, never a thread. Each step runs under `lock` and leaves a complete
checkpoint behind, so that whoever holds the lock (a save, an API call) always sees executions between two steps.
Threads, timers and watchers are derived from the checkpoints, never saved.
"""

import collections
import heapq
import itertools
import logging
import os
import threading
import time

import lifecycle
from ministack.core import iam_evaluator
from ministack.core.responses import request_scope

logger = logging.getLogger("workflows")

lock = threading.RLock()
# A save may happen in a forked child: it starts between two steps, and with a lock of its own.
os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock._at_fork_reinit)
lifecycle.guards_cut(lock)

_changed = threading.Condition(lock)
_ready = collections.deque()
_timers = []
_numbers = itertools.count()
_watchers = {}
_thread = None
_is_frozen = False
_is_paused = False
_calls = 0


def soon(action, key, *args):
    """Queues a step of the execution `key` (account, region, ARN)."""
    with lock:
        _ready.append((action, key, args))
        _changed.notify()


def at(due, action, key, *args):
    """Queues a step for the time `due` (seconds since the epoch). The step checks whether it is still wanted."""
    with lock:
        heapq.heappush(_timers, (due, next(_numbers), action, key, args))
        _changed.notify()


def start():
    """Starts the scheduler, once everything that steps may call is there."""
    global _thread
    with lock:
        if _thread is None:
            _thread = threading.Thread(target=_run, daemon=True, name="trellis-workflows")
            _thread.start()


def pause():
    """No step runs any more: no new call begins, but the results of those under way are still recorded."""
    global _is_paused
    with lock:
        _is_paused = True


def calls_under_way():
    return _calls


def freeze():
    """No step runs any more: what ends now, ends with the process, and is done again at the next start."""
    global _is_frozen
    with lock:
        _is_frozen = True


def is_frozen():
    return _is_frozen


def clear():
    with lock:
        _ready.clear()
        _timers.clear()
        for watcher in _watchers.values():
            watcher.set()
        _watchers.clear()


def watch(key):
    """An event that is set when the execution ends."""
    with lock:
        return _watchers.setdefault(key, threading.Event())


def tell_watcher(key):
    watcher = _watchers.pop(key, None)
    if watcher:
        watcher.set()


def in_background(key, role_arn, work):
    """Runs a call that takes its time and may come back to this server: on a thread of its own, as the machine's role."""

    def run():
        global _calls
        _over_tls()
        role = role_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
        iam_evaluator._request_caller_arn.set(f"{role}/workflow")
        try:
            with request_scope(key[0], key[1]):
                work()
        finally:
            lifecycle.changed()
            with lock:
                _calls -= 1

    global _calls
    with lock:
        _calls += 1
    threading.Thread(target=run, daemon=True, name="trellis-workflow-task").start()


def _over_tls():
    """AWS calls its own services over TLS: policies of queues and topics may ask for it."""
    iam_evaluator.pin_request_origin("127.0.0.1", True)


def _run():
    _over_tls()
    while True:
        with _changed:
            while _is_frozen or _is_paused or not (_ready or (_timers and _timers[0][0] <= time.time())):
                # Not for longer than a minute: the clock may be set, or the machine may have slept.
                _changed.wait(60 if _is_frozen or _is_paused or not _timers else min(60, max(0, _timers[0][0] - time.time())))
            if _timers and _timers[0][0] <= time.time():
                _, _, action, key, args = heapq.heappop(_timers)
            else:
                action, key, args = _ready.popleft()
        try:
            with request_scope(key[0], key[1]):
                action(key, *args)
        except Exception:
            logger.exception("A step of %s failed", key[2])
        lifecycle.changed()


lifecycle.before_drain(pause)
lifecycle.busy(calls_under_way)
