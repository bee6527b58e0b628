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

import invoking
from ministack.core import iam_evaluator
from ministack.core.responses import request_scope

logger = logging.getLogger("workflows")

lock = threading.RLock()
# A save may happen in a forked child: it starts between two steps, and with a lock of its own.
os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock._at_fork_reinit)

_changed = threading.Condition(lock)
_ready = collections.deque()
_timers = []
_numbers = itertools.count()
_watchers = {}
_thread = None
_is_frozen = False
_is_draining = False
_calls = collections.Counter()
_version = 0
_on_change = []


def soon(action, key, *args):
    """Queues a step of the execution `key` (account, region, ARN)."""
    with lock:
        note_change()
        _ready.append((action, key, args))
        _changed.notify()


def at(due, action, key, *args):
    """Queues a step for the time `due` (seconds since the epoch). The step checks whether it is still wanted."""
    with lock:
        note_change()
        heapq.heappush(_timers, (due, next(_numbers), action, key, args))
        _changed.notify()


def start():
    """Starts the scheduler, once everything that steps may call is there."""
    global _thread
    with lock:
        if _thread is None:
            _thread = threading.Thread(target=_run, daemon=True, name="trellis-workflows")
            _thread.start()


def on_change(callback):
    """Calls back after each step: what must survive has changed."""
    _on_change.append(callback)


def note_change():
    """Counts changes of executions: without one, a save keeps what it wrote before."""
    global _version
    _version += 1


def version():
    return _version


def changed():
    note_change()
    for callback in _on_change:
        callback()


def drain():
    """Begins no more calls. What is under way is waited for; an execution that a request waits for goes on."""
    global _is_draining
    with lock:
        _is_draining = True


def calls_under_way():
    """Executions with a call that has not returned, by the state machine's name."""
    with lock:
        return collections.Counter(f"execution of {key[2].split(':')[6]}" for key in _calls)


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
        _over_tls()
        # Who waits for an execution waits for its calls.
        invoking.source.set(invoking.REQUEST if key in _watchers else invoking.STEP)
        role = role_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
        iam_evaluator._request_caller_arn.set(f"{role}/workflow")
        try:
            with request_scope(key[0], key[1]):
                work()
        finally:
            with lock:
                _calls[key] -= 1
                if not _calls[key]:
                    del _calls[key]
            changed()

    with lock:
        _calls[key] += 1
    threading.Thread(target=run, daemon=True, name="trellis-workflow-task").start()


def _over_tls():
    """AWS calls its own services over TLS: policies of queues and topics may ask for it."""
    iam_evaluator.pin_request_origin("127.0.0.1", True)


def _run():
    _over_tls()
    while True:
        action, key, args = _next()
        try:
            with request_scope(key[0], key[1]):
                action(key, *args)
        except Exception:
            logger.exception("A step of %s failed", key[2])
        changed()


def _next():
    with _changed:
        while True:
            now = time.time()
            while _timers and _timers[0][0] <= now:
                _ready.append(heapq.heappop(_timers)[2:])
            step = _take()
            if step:
                return step
            # Not for longer than a minute: the clock may be set, or the machine may have slept.
            _changed.wait(min(60, _timers[0][0] - now) if _timers and not _is_frozen else 60)


def _take():
    if _is_frozen:
        return None
    for at, step in enumerate(_ready):
        if not _is_draining or step[1] in _watchers:
            del _ready[at]
            return step
    return None
