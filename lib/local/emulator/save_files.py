"""Saves as files. Each save is a consistent snapshot of all services.

    saves/<number>.json   manifest of a save: the time, and the checksum of each service's file
    saves/files/          files of services; saves share files that did not change
    saves/blobs/          large binary values by checksum: code and layers are written once
    saves/changed         time of the last change

A save exists when its manifest exists, which is renamed into place. The previous save is kept as well.
"""

import hashlib
import json
import os
import re
import time

import change_clock

try:
    import fcntl
except ImportError:
    fcntl = None

FOLDER = os.path.join(os.environ.get("STATE_DIR", "/tmp/ministack-state"), "saves")
_FILES = os.path.join(FOLDER, "files")
_BLOBS = os.path.join(FOLDER, "blobs")
_KEPT = 2
_LOCK_TIMEOUT = 20
lock_file = None


class Damaged(Exception):
    pass


class InUse(Exception):
    pass


def open_folder():
    """Opens and locks the folder. Waits for a child of a killed process that still writes: it holds the lock."""
    global lock_file
    for folder in (_FILES, _BLOBS):
        os.makedirs(folder, exist_ok=True)
    lock_file = os.open(os.path.join(FOLDER, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
    _lock()
    change_clock.open_file(os.path.join(FOLDER, "changed"))


def _lock():
    deadline = time.monotonic() + _LOCK_TIMEOUT
    while fcntl:
        try:
            return fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                raise InUse(f"another process writes in {FOLDER}") from None
            time.sleep(0.05)



def numbers():
    return sorted(int(name[:-5]) for name in os.listdir(FOLDER) if re.fullmatch(r"\d{12}\.json", name))


def sum_of(content):
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def write(services, former, details, durable):
    """Writes a save and returns its number. `services` yields (name, bytes; None reuses the file of the last save)."""
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
    text = json.dumps({"sum": sum_of(content), "save": json.loads(content)}).encode()
    _replace(_manifest_of(number), text, durable)
    _prune()
    return number


def _manifest_of(number):
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
    existing = numbers()
    for number in existing[:-_KEPT]:
        os.remove(_manifest_of(number))
    kept = [manifest(number)["files"].items() for number in existing[-_KEPT:]]
    used = {os.path.basename(_file_of(*file)) for files in kept for file in files}
    for name in set(os.listdir(_FILES)) - used:
        os.remove(os.path.join(_FILES, name))


def manifest(number):
    with open(_manifest_of(number), "rb") as file:
        try:
            content = json.load(file)
            save = content["save"]
            is_intact = content["sum"] == sum_of(json.dumps(save).encode())
        except (ValueError, KeyError, TypeError):
            is_intact = False
    if not is_intact:
        raise Damaged(f"{number:012d}.json does not match its checksum")
    return save


def read(number):
    """Returns a save and the verified contents of its files."""
    save = manifest(number)
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
    """Renames a damaged save, so that it is not loaded again and can be analyzed."""
    os.replace(_manifest_of(number), f"{_manifest_of(number)}.damaged")


def verify(number):
    """Reads a save back in the same way as a start."""
    save, contents = read(number)
    for content in contents.values():
        json.loads(content)
    for name in save["blobs"]:
        blob(name)
    return save


def keep_blob(content):
    """Stores a large value once, and returns its name."""
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
    """Removes unused blobs. Only at a start: later, a new blob may not be in a save yet."""
    used = set()
    for number in numbers():
        try:
            used.update(manifest(number).get("blobs", []))
        except Damaged:
            return
    for name in set(os.listdir(_BLOBS)) - used:
        os.remove(os.path.join(_BLOBS, name))
