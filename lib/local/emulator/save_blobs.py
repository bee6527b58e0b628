"""Large binary values, such as the code of functions and layers: they are stored once, beside the files of services."""

import save_files
from ministack.core import persistence
from ministack.services import lambda_svc

_LARGE = 4096
_known = {}
used = []


def remember():
    """Hashes and stores new values before a snapshot, so that each is hashed once."""
    global _known
    values = [value for value in _values() if isinstance(value, bytes) and len(value) > _LARGE]
    # The values are kept alive: an id may be reused after its value is freed.
    _known = {id(value): _known.get(id(value)) or (value, save_files.keep_blob(value)) for value in values}


def _values():
    for function in list(lambda_svc._functions._data.values()):
        yield function.get("code_zip")
        for version in list((function.get("versions") or {}).values()):
            yield version.get("code_zip")
    for layer in list(lambda_svc._layers._data.values()):
        for version in list(layer.get("versions") or []):
            yield from list(version.values())


def encoded(value):
    """Serializes a value for json.dumps."""
    if not isinstance(value, (bytes, bytearray)) or len(value) <= _LARGE:
        return persistence._json_default(value)
    _, name = _known.get(id(value)) or (value, save_files.keep_blob(bytes(value)))
    if name not in used:
        used.append(name)
    return {"__trellis_blob__": name}


def decoder():
    """Creates an object hook for json.loads. Equal values share their memory."""
    read = {}

    def decoded(value):
        name = value.get("__trellis_blob__")
        if name is None:
            return persistence._json_object_hook(value)
        if name not in read:
            read[name] = save_files.blob(name)
        return read[name]

    return decoded
