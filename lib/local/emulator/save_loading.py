"""Loads the saved state at the start, and reports which save was loaded and what changed after it."""

import json
import os
import re

import save_blobs
import change_clock
import snapshot_process
import ministack.app
import save_files
from ministack.core import persistence

_contents = {}
_decoded = None
report = {}


def install():
    try:
        save_files.open_folder()
    except save_files.InUse as error:
        _give_up("Data in use", error)
    _choose()
    persistence.load_state = ministack.app.load_state = _load_state
    ministack.app._load_persisted_state = _load_all


def _choose():
    """Chooses the newest intact save."""
    global _decoded
    damaged = []
    for number in reversed(save_files.numbers()):
        try:
            save, contents = save_files.read(number)
        except save_files.Damaged as error:
            damaged.append({"number": number, "reason": str(error)})
            continue
        for entry in damaged:
            save_files.set_aside(entry["number"])
        save_files.prune_blobs()
        _decoded = save_blobs.decoder()
        _contents.update({name: _with_port(content.decode(), save["port"]) for name, content in contents.items()})
        snapshot_process.loaded(save)
        report.update(
            savedAt=save["takenAt"],
            stopped=save["final"],
            lastChange=change_clock.last_change(),
            damaged=damaged,
        )
        return
    if damaged:
        _give_up("Damaged data", f"{damaged[0]['reason']} in {save_files.FOLDER}, and no other save exists")
    if change_clock.last_change():
        report.update(savedAt=None, stopped=False, lastChange=change_clock.last_change(), damaged=[])


def _with_port(text, port):
    """Replaces the port of the save: queues are identified by their URLs, which functions have in their environment."""
    current = os.environ.get("GATEWAY_PORT", "")
    if port in ("", current):
        return text
    return re.sub(rf"\b(127\.0\.0\.1|localhost):{port}(?!\d)", rf"\g<1>:{current}", text)


def _load_state(service):
    """Returns the saved state of a service. Versions without saves had a file per service."""
    if _decoded is None:
        path = os.path.join(persistence.STATE_DIR, f"{service}.json")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            data = json.load(file, object_hook=persistence._json_object_hook)
    elif service in _contents:
        data = json.loads(_contents[service], object_hook=_decoded)
    else:
        return None
    if isinstance(data, dict) and "__ministack_format__" in data:
        if data["__ministack_format__"] > persistence._state_format_version(service):
            raise save_files.Damaged("a newer version of the local cloud wrote it")
        return data["payload"]
    return data


def _load_all():
    """Loads all services, or ends: MiniStack would ignore unreadable state, and overwrite it with the next save."""
    for service, module in ministack.app._state_map.items():
        try:
            data = _load_state(service)
            if data:
                ministack.app._get_module(module).load_persisted_state(data)
        except Exception as error:  # noqa: BLE001
            _give_up("Damaged data", f"{service}: {type(error).__name__}: {error}")
    _contents.clear()


def remove_former_layout():
    """Removes the files of a version without saves, after their content is in a save."""
    for service in ministack.app._state_map:
        path = os.path.join(persistence.STATE_DIR, f"{service}.json")
        if os.path.exists(path):
            os.remove(path)


def _give_up(problem, reason):
    print(f"{problem}: {reason}", flush=True)
    os._exit(3)
