"""Rendering of API Gateway's mapping templates.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
"""

import base64
import json
import re
import urllib.parse

import airspeed

from ministack.services import apigateway_v1 as gateway

# Velocity allows hyphens in names, as in $context.responseOverride.header.Access-Control-Allow-Origin.
airspeed.NameOrCall.NAME = re.compile(r"([_a-z][a-z0-9_-]*)", re.S | re.I)
airspeed.SetDirective.PLACE = re.compile(r"\s*\$([a-z_][a-z0-9_-]*(?:\.[a-z_][a-z0-9_-]*)*)", re.S | re.I)
airspeed.__additional_methods__[dict]["containsKey"] = lambda self, key: key in self
airspeed.__additional_methods__[str]["equals"] = lambda self, other: self == other

# Velocity keeps backslashes in strings, but airspeed removes one of two: AWS's documented "\\'" arrives as \'.
airspeed.__additional_methods__[str]["replaceAll"] = lambda self, pattern, other: re.sub(
    pattern.replace("\\'", "\\\\'"), lambda _match: other, self
)

_ESCAPES = {"\b": "\\b", "\n": "\\n", "\t": "\\t", "\f": "\\f", "\r": "\\r"}


class Request:
    """Data of the request that a template can read."""

    def __init__(self, body, headers, query, path, context, stage_variables):
        self.body = body
        self.headers = headers
        self.query = query
        self.path = path
        self.context = {"responseOverride": {"header": {}}, "requestOverride": {"header": {}}, **context}
        self.stage_variables = stage_variables


def render(template, request, body=None):
    """Renders a template. `body` is the content of `$input`: for a response, the body of the service's response."""
    namespace = {
        "input": _Input(request.body if body is None else body, request),
        "util": _Util(),
        "context": request.context,
        "stageVariables": request.stage_variables,
    }
    return airspeed.Template(template).merge(namespace)


class _Input:
    def __init__(self, body, request):
        self.body = body
        self._request = request

    def path(self, expression):
        return _java_like(self._value(expression))

    def json(self, expression):
        return json.dumps(self._value(expression), separators=(",", ":"), ensure_ascii=False)

    def _value(self, expression):
        # MiniStack writes list indexes as path steps: `$.Entries.0`.
        return gateway._vtl_json_path(self.body or "{}", re.sub(r"\[(\d+)\]", r".\1", expression))

    def params(self, name=None):
        places = {
            "path": self._request.path,
            "querystring": self._request.query,
            "header": self._request.headers,
        }
        if name is None:
            return places
        return next((place[name] for place in places.values() if name in place), "")


class _Boolean(int):
    """A boolean that renders as `true` or `false`."""

    def __str__(self):
        return "true" if self else "false"


def _java_like(value):
    if isinstance(value, bool):
        return _Boolean(value)
    if isinstance(value, dict):
        return {name: _java_like(item) for name, item in value.items()}
    return [_java_like(item) for item in value] if isinstance(value, list) else value


class _Util:
    def escapeJavaScript(self, text):
        """Escapes like Commons Lang: also apostrophes, which is invalid in JSON."""
        return None if text is None else "".join(_escaped(character) for character in _utf16(str(text)))

    def parseJson(self, text):
        return json.loads(text)

    def urlEncode(self, text):
        return urllib.parse.quote_plus(str(text or ""), safe="*").replace("~", "%7E")

    def urlDecode(self, text):
        return urllib.parse.unquote_plus(str(text or ""))

    def base64Encode(self, text):
        return base64.b64encode(str(text or "").encode()).decode()

    def base64Decode(self, text):
        return base64.b64decode(str(text or "")).decode()


def _utf16(text):
    """Returns UTF-16 code units, Java's characters: surrogate pairs are two."""
    units = text.encode("utf-16-be", "surrogatepass")
    return [chr(int.from_bytes(units[start : start + 2], "big")) for start in range(0, len(units), 2)]


def _escaped(character):
    if character in "'\"\\/":
        return "\\" + character
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if " " <= character <= "\x7f" else f"\\u{ord(character):04X}"
