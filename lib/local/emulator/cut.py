"""Copies the state of all services at one moment: a forked child has it, and writes it while this process serves on.

The fork happens between two requests, with the locks held under which threads change state. The child only
serializes, writes, and ends.
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

import blobs
import lifecycle
import ministack.app
import saves
from ministack.core import persistence
from ministack.services import cloudwatch_logs, dynamodb, lambda_svc, sqs

_LOCK_PATIENCE = 2.0
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
    lifecycle.guards_cut(lock)


class SaveFailed(Exception):
    pass


def serialized_by_version(service, version):
    """A large state that rarely changes is serialized when `version()` at the moment of a cut is new, or None."""
    _versions[service] = version


def save(final=False):
    """Saves one moment of all services and returns the save; not on the event loop's thread."""
    global _last, _saved_versions
    with _saving:
        blobs.remember()
        loop = ministack.app._MAIN_LOOP
        cut = asyncio.run_coroutine_threadsafe(_fork(final), loop).result(_LOCK_PATIENCE + _CHILD_SECONDS)
        child, reading, versions = cut
        number, failed = _result_of(child, reading)
        save = saves.verify(number) if final else saves.listed(number)
        _last, _saved_versions = save, versions
        if failed:
            raise SaveFailed("; ".join(f"{service}: {reason}" for service, reason in sorted(failed.items())))
        return save


def last():
    return _last


def loaded(save):
    global _last
    _last = save


async def _fork(final):
    services = ministack.app._build_persistence_save_dict()
    held = await _hold_all()
    try:
        versions = {service: version() for service, version in _versions.items()}
        cold = {name for name, version in versions.items() if version and version == _saved_versions.get(name)}
        reading, writing = os.pipe()
        taken = time.time()
        with warnings.catch_warnings():
            # Python warns of other threads' locks: those that the child needs are held here.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            _write_and_end(services, cold, held, writing, taken, final)
        os.close(writing)
        return child, reading, versions
    finally:
        for lock in held:
            lock.release()


async def _hold_all():
    """Threads hold these for moments; one that waits for the event loop must get it meanwhile."""
    deadline = time.monotonic() + _LOCK_PATIENCE
    while True:
        held = []
        for lock in lifecycle.cut_locks:
            if not lock.acquire(timeout=0.01):
                break
            held.append(lock)
        else:
            return held
        for lock in held:
            lock.release()
        if time.monotonic() > deadline:
            raise SaveFailed("a service did not come to rest")
        await asyncio.sleep(0.005)


def _release(lock):
    """A lock may have made itself new in the child."""
    try:
        lock.release()
    except RuntimeError:
        pass


def _result_of(child, reading):
    answer = b""
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    deadline = time.monotonic() + _CHILD_SECONDS
    try:
        while True:
            if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
                os.kill(child, signal.SIGKILL)
                raise SaveFailed(f"it took longer than {_CHILD_SECONDS} s")
            part = os.read(reading, 65536)
            if not part:
                break
            answer += part
    finally:
        os.close(reading)
        os.waitpid(child, 0)
    try:
        result = json.loads(answer)
    except ValueError:
        raise SaveFailed("the process that writes it ended early") from None
    if "error" in result:
        raise SaveFailed(result["error"])
    return result["number"], result["failed"]


def _write_and_end(services, cold, held, writing, taken, final):
    """In the child. Whatever happens, it must not return into the server."""
    try:
        gc.disable()
        # A lock that another thread held at the moment of the fork is never released here.
        faulthandler.dump_traceback_later(_CHILD_SECONDS, exit=True)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Connections that the parent closes must end.
        keep = sorted({writing, saves.lock_file})
        for low, high in zip([2, *keep], [*keep, 65536]):
            os.closerange(low + 1, high)
        for lock in held:
            _release(lock)
        # Nothing changes here any more: there is nothing to copy.
        copy.deepcopy = lambda value, memo=None: value
        lambda_svc._externalize_code_zip = lambda_svc._prune_orphan_code_blobs = lambda *_: None
        failed = {}
        details = {
            "takenAt": taken,
            "instance": os.environ.get("TRELLIS_LOCAL_INSTANCE", ""),
            "port": os.environ.get("GATEWAY_PORT", ""),
            "final": final,
            "failed": failed,
            "blobs": blobs.used,
        }
        number = saves.write(_serialized(services, cold, failed), _last, details, durable=final)
        answer = {"number": number, "failed": failed}
    except BaseException as error:  # noqa: BLE001
        answer = {"error": f"{type(error).__name__}: {error}"}
    try:
        os.write(writing, json.dumps(answer).encode())
    finally:
        os._exit(0)


def _serialized(services, cold, failed):
    former = _last["files"] if _last else {}
    for name, get_state in services.items():
        content = None
        if name not in cold or name not in former:
            try:
                content = _content_of(name, get_state())
            except Exception as error:  # noqa: BLE001
                failed[name] = f"{type(error).__name__}: {error}"
        yield name, content
    for name in former.keys() - services.keys():
        yield name, None


def _content_of(name, state):
    # A module that could not be loaded has no state.
    if state is None:
        return None
    versioned = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
    return json.dumps(versioned, default=blobs.encoded).encode()
