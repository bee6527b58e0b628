"""Lifetime of idle environments."""

import os
import threading
import time

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from . import correction, replaced

_IDLE_SECONDS = float(os.environ.get("TRELLIS_LOCAL_IDLE_SECONDS") or 300)
_IDLE_BYTES = 45 * 2**20


@correction
def idle_environments_end():
    """Ends environments that are idle for five minutes, and the longest idle ones if there are too many.

    MiniStack keeps the first environment of each function and version for ever: a few hundred of them fill a machine.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown
    """
    max_idle = int(os.environ.get("TRELLIS_LOCAL_IDLE_FUNCTIONS") or _default_max_idle())

    def end(is_due):
        with lambda_runtime._lock:
            idle = [
                (worker.last_used, key, worker)
                for key, workers in lambda_runtime._workers.items()
                for worker in workers
                if not worker.in_use
            ]
            idle.sort(key=lambda entry: entry[0], reverse=True)
            ended = [(key, worker) for index, (used, key, worker) in enumerate(idle) if is_due(index, used)]
            for key, worker in ended:
                lambda_runtime._workers[key].remove(worker)
                if not lambda_runtime._workers[key]:
                    del lambda_runtime._workers[key]
        if ended:
            # On a thread: environments have some time to end.
            threading.Thread(target=lambda_runtime.kill_workers, args=([worker for _, worker in ended],), daemon=True).start()
        return len(ended)

    @replaced(lambda_svc, "reap_idle_workers")
    def reap(_original, ttl=None):
        oldest = time.time() - (_IDLE_SECONDS if ttl is None else ttl)
        return end(lambda index, used: index >= max_idle or used < oldest)

    @replaced(lambda_svc, "release_worker")
    def release(original, worker):
        if worker is not None:
            worker.last_used = time.time()
        original(worker)
        if sum(len(workers) for workers in list(lambda_runtime._workers.values())) > max_idle:
            end(lambda index, _used: index >= max_idle)


def _default_max_idle():
    """Returns the number of environments that fill a tenth of the memory, at 45 MB each."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        memory = 8 * 2**30
    return max(16, min(64, memory // 10 // _IDLE_BYTES))
