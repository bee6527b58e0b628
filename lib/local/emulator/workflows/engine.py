"""Scheduler of all executions: a single thread, a single lock, timers by wall-clock time.

A waiting execution costs a heap entry, not a thread. Each step runs under `lock` and leaves a complete checkpoint,
so that any holder of the lock (a save, an API call) sees executions between two steps. Threads, timers and watchers
are derived from the checkpoints, never saved.
"""

import collections
import heapq
import itertools
import logging
import os
import threading
import time

import invocation_sources
from ministack.core import iam_evaluator
from ministack.core.responses import request_scope

logger = logging.getLogger("workflows")

lock = threading.RLock()
# A save happens in a forked child: the fork happens between two steps, and the child gets a new lock.
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
    """Queues a step for the time `due` (seconds since the epoch). The step checks that it is still relevant."""
    with lock:
        note_change()
        heapq.heappush(_timers, (due, next(_numbers), action, key, args))
        _changed.notify()


def start():
    """Starts the scheduler, when all services that steps call are available."""
    global _thread
    with lock:
        if _thread is None:
            _thread = threading.Thread(target=_run, daemon=True, name="trellis-workflows")
            _thread.start()


def on_change(callback):
    """Registers a callback after each step, which changes state to be saved."""
    _on_change.append(callback)


def note_change():
    """Counts changes of executions: without changes, a save reuses the last file."""
    global _version
    _version += 1


def version():
    return _version


def changed():
    note_change()
    for callback in _on_change:
        callback()


def drain():
    """Stops new steps, except those of executions that a request waits for. Calls that have begun can end."""
    global _is_draining
    with lock:
        _is_draining = True


def unfinished_calls():
    """Counts executions with an unfinished call, by the state machine's name."""
    with lock:
        return collections.Counter(f"execution of {key[2].split(':')[6]}" for key in _calls)


def freeze():
    """Stops all steps: calls that end later are discarded, and repeated at the next start."""
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
    """Returns an event that is set when the execution ends."""
    with lock:
        return _watchers.setdefault(key, threading.Event())


def notify_watcher(key):
    watcher = _watchers.pop(key, None)
    if watcher:
        watcher.set()


def in_background(key, role_arn, work):
    """Runs a call on a new thread, as the machine's role: it may take long and call this server."""

    def run():
        _over_tls()
        # A client that waits for an execution waits for its calls.
        invocation_sources.source.set(invocation_sources.REQUEST if key in _watchers else invocation_sources.STEP)
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
    """Marks calls as sent over TLS, like AWS's: policies of queues and topics may require it."""
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
            # At most a minute: the clock may change, or the machine may sleep.
            _changed.wait(min(60, _timers[0][0] - now) if _timers and not _is_frozen else 60)


def _take():
    if _is_frozen:
        return None
    for index, step in enumerate(_ready):
        if not _is_draining or step[1] in _watchers:
            del _ready[index]
            return step
    return None
