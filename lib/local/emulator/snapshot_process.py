"""Consistent snapshots of all services: a forked child writes the copied state while this process continues to serve.

The fork happens between two requests, while the locks of all state are held. The child only serializes, writes,
and ends.
"""

import asyncio
import copy
import faulthandler
import gc
import json
import os
import select
import signal
import threading
import time
import warnings

import save_blobs
import lifecycle
import ministack.app
import save_files
import snapshot_locks
from ministack.core import persistence
from ministack.services import cloudwatch_logs, dynamodb, lambda_svc, sqs

_CHILD_SECONDS = 30
_saving = threading.Lock()
_last = None
_versions = {}
_saved_versions = {}

for lock in (
    dynamodb._lock,
    dynamodb._stream_seq_lock,
    sqs._queues_lock,
    lambda_svc._dynamodb_stream_positions_lock,
    cloudwatch_logs._log_events_lock,
):
    lifecycle.guards_snapshot(lock)



def serialized_by_version(service, version):
    """Serializes a large state that rarely changes only if `version()` has changed since the last save, or is None."""
    _versions[service] = version


def save(final=False):
    """Saves a snapshot of all services, and returns the save. Must not run on the event loop's thread."""
    global _last, _saved_versions
    with _saving:
        save_blobs.remember()
        loop = ministack.app._MAIN_LOOP
        fork = asyncio.run_coroutine_threadsafe(_fork(final), loop)
        child, reading, versions = fork.result(snapshot_locks.TIMEOUT + _CHILD_SECONDS)
        number, failed = _result_of(child, reading)
        save = save_files.verify(number) if final else save_files.manifest(number)
        _last, _saved_versions = save, versions
        if failed:
            raise snapshot_locks.SaveFailed("; ".join(f"{service}: {reason}" for service, reason in sorted(failed.items())))
        return save


def last():
    return _last


def loaded(save):
    global _last
    _last = save


async def _fork(final):
    services = ministack.app._build_persistence_save_dict()
    held = await snapshot_locks.acquire_all()
    try:
        versions = {service: version() for service, version in _versions.items()}
        cold = {name for name, version in versions.items() if version and version == _saved_versions.get(name)}
        reading, writing = os.pipe()
        taken = time.time()
        with warnings.catch_warnings():
            # Python warns of locks of other threads; the locks that the child needs are held here.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            _write_and_end(services, cold, held, writing, taken, final)
        os.close(writing)
        return child, reading, versions
    finally:
        for lock in held:
            lock.release()



def _result_of(child, reading):
    response = b""
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    deadline = time.monotonic() + _CHILD_SECONDS
    try:
        while True:
            if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
                os.kill(child, signal.SIGKILL)
                raise snapshot_locks.SaveFailed(f"it took longer than {_CHILD_SECONDS} s")
            part = os.read(reading, 65536)
            if not part:
                break
            response += part
    finally:
        os.close(reading)
        os.waitpid(child, 0)
    try:
        result = json.loads(response)
    except ValueError:
        raise snapshot_locks.SaveFailed("the process that writes it ended early") from None
    if "error" in result:
        raise snapshot_locks.SaveFailed(result["error"])
    return result["number"], result["failed"]


def _write_and_end(services, cold, held, writing, taken, final):
    """Writes the save in the child, and ends it: it must never return into the server."""
    try:
        gc.disable()
        # Ends a child that waits for a lock of another thread, which is never released here.
        faulthandler.dump_traceback_later(_CHILD_SECONDS, exit=True)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # The child must not keep the parent's connections open.
        keep = sorted({writing, save_files.lock_file})
        for low, high in zip([2, *keep], [*keep, 65536]):
            os.closerange(low + 1, high)
        for lock in held:
            snapshot_locks.release(lock)
        # The state of the child does not change, so it needs no copies.
        copy.deepcopy = lambda value, memo=None: value
        lambda_svc._externalize_code_zip = lambda_svc._prune_orphan_code_blobs = lambda *_: None
        failed = {}
        details = {
            "takenAt": taken,
            "instance": os.environ.get("TRELLIS_LOCAL_INSTANCE", ""),
            "port": os.environ.get("GATEWAY_PORT", ""),
            "final": final,
            "failed": failed,
            "blobs": save_blobs.used,
        }
        number = save_files.write(_serialized(services, cold, failed), _last, details, durable=final)
        response = {"number": number, "failed": failed}
    except BaseException as error:  # noqa: BLE001
        response = {"error": f"{type(error).__name__}: {error}"}
    try:
        os.write(writing, json.dumps(response).encode())
    finally:
        os._exit(0)


def _serialized(services, cold, failed):
    previous = _last["files"] if _last else {}
    for name, get_state in services.items():
        content = None
        if name not in cold or name not in previous:
            try:
                content = _content_of(name, get_state())
            except Exception as error:  # noqa: BLE001
                failed[name] = f"{type(error).__name__}: {error}"
        yield name, content
    for name in previous.keys() - services.keys():
        yield name, None


def _content_of(name, state):
    # A module that is not loaded has no state.
    if state is None:
        return None
    versioned = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
    return json.dumps(versioned, default=save_blobs.encoded).encode()
