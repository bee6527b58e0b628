"""Limits of concurrent environments, per function and in total."""

import collections
import os
import sys
import threading
import time

import invocation_sources
import lifecycle
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from . import correction, replaced

_CORES = os.cpu_count() or 2
_FUNCTION_LIMIT = min(8, max(2, _CORES))
_TOTAL_LIMIT = int(os.environ.get("TRELLIS_LOCAL_RUNNING_FUNCTIONS") or max(8, 4 * _CORES))
# A bound for functions that invoke themselves without end. Waiting work does not count.
_MAX_RUNNING = lambda_svc._ACCOUNT_CONCURRENCY_CAP or sys.maxsize
_TICK = 0.1
# Seconds without progress of a queue, after which it gets one more environment than its limit.
_TIMEOUT = 0.25
_BUSY_TIMEOUT = 2  # If no client waits for the invocation, or the total limit is reached.
_INIT_TIMEOUT = 10  # Lambda's limit of an initialization.


class _Waiter:
    def __init__(self, acquire, number):
        self.acquire = acquire
        self.number = number
        self.source = invocation_sources.source.get()
        self.is_patient = self.source in invocation_sources.PATIENT
        # First invocations by functions, then requests, then work that no client waits for.
        self.rank = 0 if self.source == invocation_sources.FUNCTION else 2 if self.is_patient else 1
        self.since = time.monotonic()
        self.condition = threading.Event()
        self.outcome = None
        self.error = None


class _Queues:
    """Queues of invocations that wait for an environment, by function and rank."""

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting = collections.defaultdict(collections.deque)
        self.moved = {}  # Time when a waiter of the function last entered, or the first one began to wait.
        self.running = {}  # Environment: whether its invocation is patient.
        self.progressed = 0.0  # Time when a patient invocation last began or ended.
        self.numbers = 0
        self.ticking = None

    def is_full(self):
        return len(self.running) >= _TOTAL_LIMIT

    def wait(self, key, acquire):
        with self.lock:
            self.numbers += 1
            waiter = _Waiter(acquire, self.numbers)
            if not any((key, rank) in self.waiting for rank in range(3)):
                self.moved[key] = time.monotonic()
            self.waiting[key, waiter.rank].append(waiter)
            self.advance()
            if self.ticking is None and waiter.outcome is None:
                self.ticking = threading.Thread(target=self.tick, daemon=True, name="trellis-scaling")
                self.ticking.start()
        waiter.condition.wait()
        if waiter.error is not None:
            raise waiter.error
        return waiter.outcome

    def tick(self):
        """Advances periodically: running invocations may wait for queued ones, so no release would ever come."""
        while True:
            time.sleep(_TICK)
            with self.lock:
                self.advance()
                if not self.waiting:
                    self.ticking = None
                    return

    def is_due(self, waiter):
        """Returns true if no patient invocation has begun or ended for a while: the running ones may wait for this one,
        and requests that come and go must not hide that."""
        return time.monotonic() - max(self.progressed, waiter.since) > _BUSY_TIMEOUT

    def priority(self, waiter):
        return (1 if waiter.is_patient and self.is_due(waiter) else waiter.rank), waiter.number

    def advance(self):
        """Admits the first waiter of each queue, in the order of their priorities, up to the limits."""
        while True:
            heads = [(queue[0], key) for (key, _), queue in self.waiting.items()]
            entered = False
            for waiter, key in sorted(heads, key=lambda head: self.priority(head[0])):
                leaves = waiter.source in invocation_sources.KEPT and lifecycle.is_stopping()
                if not leaves and not self.is_open(key, waiter):
                    continue
                self.enter(key, waiter, leaves)
                entered = True
            if not entered:
                return

    def enter(self, key, waiter, leaves):
        queue = self.waiting[key, waiter.rank]
        queue.popleft()
        if not queue:
            del self.waiting[key, waiter.rank]
        self.moved[key] = time.monotonic()
        if waiter.is_patient:
            self.progressed = self.moved[key]
        try:
            if leaves:
                raise SystemExit  # Ends its thread: the next process repeats the invocation.
            waiter.outcome = waiter.acquire()
            if waiter.outcome[0] is not None:
                self.running[waiter.outcome[0]] = waiter.is_patient
        except BaseException as error:  # noqa: BLE001
            waiter.error = error
        waiter.condition.set()

    def is_open(self, key, waiter):
        if len(self.running) >= _MAX_RUNNING or (waiter.is_patient and self.is_full() and not self.is_due(waiter)):
            return False
        environments = lambda_runtime._workers.get(key, ())
        if len(environments) < _FUNCTION_LIMIT or any(not environment.in_use for environment in environments):
            return True
        if any(environment._start_time is None for environment in environments):
            timeout = _INIT_TIMEOUT
        elif waiter.is_patient or (self.is_full() and waiter.source != invocation_sources.FUNCTION):
            timeout = _BUSY_TIMEOUT
        else:
            timeout = _TIMEOUT
        return time.monotonic() - self.moved[key] > timeout

    def release(self, worker):
        with self.lock:
            if self.running.pop(worker, False):
                self.progressed = time.monotonic()
            self.advance()


@correction
def measured_scaling():
    """Queues concurrent invocations, instead of a process for each.

    Lambda starts an environment for each invocation, on other machines. Here they share a few cores: with a process
    for each, all would time out. A function gets a few environments, and one more whenever its queue makes no
    progress: a running invocation may wait for a queued one. Events, batches and steps of executions share a total
    limit, because no client waits for them; requests have priority.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
    """
    queues = _Queues()
    current = threading.local()
    # MiniStack would count waiting invocations as running ones, and reject further ones.
    lambda_svc._ACCOUNT_CONCURRENCY_CAP = 0

    @replaced(lambda_svc, "acquire_worker")
    def acquire(original, func_name, config, code_zip, qualifier="$LATEST", **rest):
        key = lambda_runtime._worker_key(func_name, config, qualifier)
        current.worker, reason = queues.wait(key, lambda: original(func_name, config, code_zip, qualifier=qualifier, **rest))
        return current.worker, reason

    @replaced(lambda_svc, "release_worker")
    def release(original, worker):
        original(worker)
        # `worker` may be None for a broken environment, which is discarded instead of released.
        queues.release(current.worker)

    @replaced(lambda_svc, "_sqs_esm_concurrency")
    def concurrency(original, *args, **kwargs):
        # Fewer messages are received, so that the visibility timeout of waiting messages does not begin.
        return min(original(*args, **kwargs), 1 if queues.is_full() else _FUNCTION_LIMIT)
