"""How many environments run at once, of a function and of all functions."""

import collections
import os
import threading
import time

import invoking
import lifecycle
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from . import correction, replaced

_CORES = os.cpu_count() or 2
_FEW = min(8, max(2, _CORES))
_CAP = int(os.environ.get("TRELLIS_LOCAL_RUNNING_FUNCTIONS") or max(8, 4 * _CORES))
_TICK = 0.1
_PATIENCE = 0.25  # For an environment of the function.
_BUSY_PATIENCE = 2  # When nobody waits for it, or this machine runs more than it has time for.
_INIT_PATIENCE = 10  # As long as Lambda lets a function initialize.


class _Turn:
    def __init__(self, acquire, number):
        self.acquire = acquire
        self.number = number
        self.source = invoking.source.get()
        self.condition = threading.Event()
        self.outcome = None
        self.error = None

    @property
    def rank(self):
        """Those for whom a function waits come first, those for whom nobody waits come last."""
        if self.source == invoking.FUNCTION:
            return 0, self.number
        return (2 if self.source in invoking.PATIENT else 1), self.number


class _Lines:
    """The invocations that wait for an environment, by function."""

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting = collections.defaultdict(list)
        self.moved = {}
        self.running = set()
        self.released = 0.0
        self.numbers = 0
        self.ticking = None

    def is_full(self):
        return len(self.running) >= _CAP

    def wait(self, key, acquire):
        with self.lock:
            self.numbers += 1
            turn = _Turn(acquire, self.numbers)
            line = self.waiting[key]
            if not line:
                self.moved[key] = time.monotonic()
            line.append(turn)
            line.sort(key=lambda each: each.rank)
            self.advance()
            if self.ticking is None and turn.outcome is None:
                self.ticking = threading.Thread(target=self.tick, daemon=True, name="trellis-scaling")
                self.ticking.start()
        turn.condition.wait()
        if turn.error is not None:
            raise turn.error
        return turn.outcome

    def tick(self):
        """What waits may be waited for by what runs: time alone lets it in."""
        while True:
            time.sleep(_TICK)
            with self.lock:
                self.advance()
                if not self.waiting:
                    self.ticking = None
                    return

    def advance(self):
        """Lets in as many as there is room for: the first of each line, in the order of their ranks."""
        while True:
            heads = sorted(((line[0], key) for key, line in self.waiting.items()), key=lambda head: head[0].rank)
            entered = False
            for turn, key in heads:
                leaves = turn.source in invoking.KEPT and lifecycle.is_stopping()
                if not leaves and not self.is_open(key, turn):
                    continue
                self.enter(key, turn, leaves)
                entered = True
            if not entered:
                return

    def enter(self, key, turn, leaves):
        line = self.waiting[key]
        line.pop(0)
        self.moved[key] = time.monotonic()
        if not line:
            del self.waiting[key], self.moved[key]
        try:
            if leaves:
                raise SystemExit  # Of its thread: the next process does it.
            turn.outcome = turn.acquire()
            if turn.outcome[0] is not None:
                self.running.add(turn.outcome[0])
        except BaseException as error:  # noqa: BLE001
            turn.error = error
        turn.condition.set()

    def is_open(self, key, turn):
        now = time.monotonic()
        if turn.source in invoking.PATIENT and self.is_full():
            # Nothing ends: what runs may wait for what waits here.
            if now - max(self.released, self.moved[key]) < _BUSY_PATIENCE:
                return False
            self.released = now
            return True
        environments = lambda_runtime._workers.get(key, ())
        if len(environments) < _FEW or any(not each.in_use for each in environments):
            return True
        if any(each._start_time is None for each in environments):
            patience = _INIT_PATIENCE
        elif turn.source in invoking.PATIENT or (self.is_full() and turn.source != invoking.FUNCTION):
            patience = _BUSY_PATIENCE
        else:
            patience = _PATIENCE
        return now - self.moved[key] > patience

    def release(self, worker):
        with self.lock:
            self.running.discard(worker)
            self.released = time.monotonic()
            self.advance()


@correction
def measured_scaling():
    """Of many invocations at once each is answered, in turn.

    Lambda starts an environment for each of them, on other machines. Here they share a few cores: with a process
    for each, all would run into their timeouts. A function gets a few environments, and another one whenever the
    line of those that wait does not move: it may be waiting for one that waits in it. Of all functions only a few
    run at once for events, batches and steps of executions, as nobody waits for these; requests are served first.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
    """
    lines = _Lines()
    own = threading.local()

    @replaced(lambda_svc, "acquire_worker")
    def acquire(original, func_name, config, code_zip, qualifier="$LATEST", **rest):
        key = lambda_runtime._worker_key(func_name, config, qualifier)
        own.worker, reason = lines.wait(key, lambda: original(func_name, config, code_zip, qualifier=qualifier, **rest))
        return own.worker, reason

    @replaced(lambda_svc, "release_worker")
    def release(original, worker):
        original(worker)
        # One that broke is given up instead of released.
        lines.release(own.worker)

    @replaced(lambda_svc, "_sqs_esm_concurrency")
    def concurrency(original, *args, **kwargs):
        # What waits in its queue is not received yet: its visibility timeout has not begun.
        return min(original(*args, **kwargs), 1 if lines.is_full() else _FEW)
