"""How many environments of a function run at once."""

import collections
import os
import threading
import time

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from . import correction, replaced

_FEW = min(8, max(2, os.cpu_count() or 2))
_PATIENCE = 0.25
_INIT_PATIENCE = 10  # As long as Lambda lets a function initialize.


class _Line:
    """The invocations of one function that wait for an environment, the first one first."""

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting = collections.deque()
        self.moved = 0.0

    def is_open(self, environments):
        if len(environments) < _FEW or any(not each.in_use for each in environments):
            return True
        starting = any(each._start_time is None for each in environments)
        return time.monotonic() - self.moved > (_INIT_PATIENCE if starting else _PATIENCE)

    def call_next(self):
        if self.waiting:
            self.waiting[0].notify()


@correction
def measured_scaling():
    """Of many invocations at once each is answered, in turn.

    Lambda starts an environment for each of them, on other machines. Here they share a few cores: with a process
    for each, all would run into their timeouts. A function gets a few environments, and another one whenever the
    line of those that wait does not move: it may be waiting for one that waits in it.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
    """
    lines = collections.defaultdict(_Line)
    guard = threading.Lock()

    @replaced(lambda_svc, "acquire_worker")
    def acquire(original, func_name, config, code_zip, qualifier="$LATEST", **rest):
        key = lambda_runtime._worker_key(func_name, config, qualifier)
        with guard:
            line = lines[key]
        with line.lock:
            turn = threading.Condition(line.lock)
            line.waiting.append(turn)
            line.moved = line.moved if len(line.waiting) > 1 else time.monotonic()
            while not (line.waiting[0] is turn and line.is_open(list(lambda_runtime._workers.get(key, ())))):
                turn.wait(_PATIENCE)
            line.waiting.popleft()
            line.moved = time.monotonic()
            worker, reason = original(func_name, config, code_zip, qualifier=qualifier, **rest)
            if worker is not None:
                worker.trellis_line = line
            line.call_next()
            return worker, reason

    @replaced(lambda_svc, "release_worker")
    def release(original, worker):
        original(worker)
        line = getattr(worker, "trellis_line", None)
        if line is not None:
            with line.lock:
                line.call_next()
