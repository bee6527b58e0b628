"""What this cloud holds, as files. Each save is one moment of all services.

    saves/<number>.json   a save: the time, and the checksum of each service's file
    saves/files/          the files of services; one that did not change belongs to several saves
    saves/blobs/          large binary values by their checksum: code and layers are written once
    saves/changed         the time of the last change, written with each

A save is there when its list is, which is renamed into its place. The former save is kept beside the newest.
"""

import hashlib
import json
import mmap
import os
import re
import struct
import time

try:
    import fcntl
except ImportError:
    fcntl = None

FOLDER = os.path.join(os.environ.get("STATE_DIR", "/tmp/ministack-state"), "saves")
_FILES = os.path.join(FOLDER, "files")
_BLOBS = os.path.join(FOLDER, "blobs")
_KEPT = 2
_LOCKED_WITHIN = 20
_clock = None
lock_file = None


class Damaged(Exception):
    pass


class InUse(Exception):
    pass


def open_folder():
    """A child of a killed process may still be writing: it holds the lock, and is waited for."""
    global _clock, lock_file
    for folder in (_FILES, _BLOBS):
        os.makedirs(folder, exist_ok=True)
    lock_file = os.open(os.path.join(FOLDER, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
    _lock()
    clock = os.open(os.path.join(FOLDER, "changed"), os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(clock, 8)
    _clock = mmap.mmap(clock, 8)
    os.close(clock)


def _lock():
    deadline = time.monotonic() + _LOCKED_WITHIN
    while fcntl:
        try:
            return fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                raise InUse(f"another process writes in {FOLDER}") from None
            time.sleep(0.05)


def note_change():
    if _clock is not None:
        _clock[:] = struct.pack("<d", time.time())


def last_change():
    return struct.unpack("<d", _clock[:])[0]


def numbers():
    return sorted(int(name[:-5]) for name in os.listdir(FOLDER) if re.fullmatch(r"\d{12}\.json", name))


def sum_of(content):
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def write(services, former, details, durable):
    """Writes a save and returns its number. `services` yields (name, bytes, or None to keep the former file)."""
    files = {}
    for name, content in services:
        if content is None:
            if former and name in former["files"]:
                files[name] = former["files"][name]
            continue
        files[name] = sum_of(content)
        _write_once(_file_of(name, files[name]), content, durable)
    number = numbers()[-1] + 1 if numbers() else 1
    content = json.dumps({"number": number, "files": files, **details}).encode()
    listed = json.dumps({"sum": sum_of(content), "save": json.loads(content)}).encode()
    _replace(_list_of(number), listed, durable)
    _prune()
    return number


def _list_of(number):
    return os.path.join(FOLDER, f"{number:012d}.json")


def _file_of(name, checksum):
    return os.path.join(_FILES, f"{name}.{checksum}.json")


def _write_once(path, content, durable):
    if not os.path.exists(path) or os.path.getsize(path) != len(content):
        _replace(path, content, durable)


def _replace(path, content, durable):
    partial = f"{path}.partial"
    with open(partial, "wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    os.replace(partial, path)


def _prune():
    known = numbers()
    for number in known[:-_KEPT]:
        os.remove(_list_of(number))
    kept = [listed(number)["files"].items() for number in known[-_KEPT:]]
    used = {os.path.basename(_file_of(*each)) for files in kept for each in files}
    for name in set(os.listdir(_FILES)) - used:
        os.remove(os.path.join(_FILES, name))


def listed(number):
    with open(_list_of(number), "rb") as file:
        try:
            listed = json.load(file)
            save = listed["save"]
            intact = listed["sum"] == sum_of(json.dumps(save).encode())
        except (ValueError, KeyError, TypeError):
            intact = False
    if not intact:
        raise Damaged(f"{number:012d}.json does not match its checksum")
    return save


def read(number):
    """A save and the contents of its files, each as it was written."""
    save = listed(number)
    contents = {}
    for name, checksum in save["files"].items():
        path = _file_of(name, checksum)
        try:
            with open(path, "rb") as file:
                contents[name] = file.read()
        except OSError as error:
            raise Damaged(f"{os.path.basename(path)}: {error.strerror}") from error
        if sum_of(contents[name]) != checksum:
            raise Damaged(f"{os.path.basename(path)} does not match its checksum")
    for checksum in save.get("blobs", []):
        if not os.path.exists(os.path.join(_BLOBS, checksum)):
            raise Damaged(f"blobs/{checksum} is missing")
    return save, contents


def set_aside(number):
    """A damaged save: what comes next is not compared with it, and it can be looked at."""
    os.replace(_list_of(number), f"{_list_of(number)}.damaged")


def verify(number):
    """Reads a save back as it will be loaded."""
    save, contents = read(number)
    for content in contents.values():
        json.loads(content)
    for name in save["blobs"]:
        blob(name)
    return save


def keep_blob(content):
    """Keeps a large value once; returns its name."""
    name = hashlib.sha256(content).hexdigest()
    _write_once(os.path.join(_BLOBS, name), content, durable=False)
    return name


def blob(name):
    with open(os.path.join(_BLOBS, name), "rb") as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != name:
        raise Damaged(f"blobs/{name} does not match its checksum")
    return content


def prune_blobs():
    """At a start only: later on, one that no save lists yet may be new."""
    used = set()
    for number in numbers():
        try:
            used.update(listed(number).get("blobs", []))
        except Damaged:
            return
    for name in set(os.listdir(_BLOBS)) - used:
        os.remove(os.path.join(_BLOBS, name))
