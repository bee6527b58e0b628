"""Local URL of a site: a second port that serves a single distribution, like CloudFront's edge.

All paths belong to the distribution; on the emulator's own port some paths belong to services. URLs of AWS in the
site's configuration and security policy are replaced by those of this cloud.
"""

import asyncio
import json
import os
import re
from urllib.parse import parse_qs

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.core.iam_evaluator import pin_request_origin
from ministack.services import cloudfront

_HOST = "127.0.0.1"
_CONFIGURATION = "/config.json"
_SIGN_IN = re.compile(r"https://cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")

_served = {"domain": "", "port": 0, "task": None}


async def open_edge(domain, port):
    """Serves the distribution with this domain name or alias, and returns the port."""
    import guard

    if _find(domain) is None:
        raise LookupError(f"no distribution has the domain name {domain}")
    _served["domain"] = domain
    if _served["task"] is None:
        config = Config()
        config.bind = [f"{_HOST}:{port}"]
        config.loglevel = "WARNING"
        config.graceful_timeout = 1
        config.keep_alive_timeout = 75
        _served.update(port=port, task=asyncio.create_task(serve(guard.checked_address(_respond), config, shutdown_trigger=asyncio.Event().wait)))
        await _until_open(port)
    return _served["port"]


async def _until_open(port):
    while True:
        if _served["task"].done():
            task, _served["task"] = _served["task"], None
            task.result()
        try:
            _reader, writer = await asyncio.open_connection(_HOST, port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.02)


def _find(domain):
    for distribution in cloudfront._distributions.values():
        if domain in (distribution["DomainName"], *cloudfront._get_distribution_aliases(distribution)):
            return distribution
    return None


async def _respond(scope, receive, send):
    if scope["type"] != "http":
        return
    distribution = _find(_served["domain"])
    if distribution is None:
        status, headers, body = 502, {"Content-Type": "text/plain"}, b"The site has been deleted.\n"
    else:
        status, headers, body = await _from(distribution, scope, await _body(receive))
    await send({"type": "http.response.start", "status": status, "headers": _fields(headers)})
    await send({"type": "http.response.body", "body": body})


async def _from(distribution, scope, body):
    sent = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        sent[key] = f"{sent[key]}{'; ' if key == 'cookie' else ', '}{text}" if key in sent else text
    # A browser treats 127.0.0.1 as a secure context, like HTTPS at CloudFront.
    pin_request_origin(_HOST, True)
    sent.update({"host": distribution["DomainName"], "x-forwarded-proto": "https"})
    path, query = scope["path"], scope["query_string"].decode("latin-1")
    if path == _CONFIGURATION:
        # The response differs from the stored file, so the file's compression and ETag do not apply.
        for name in ("accept-encoding", "if-modified-since", "if-none-match"):
            sent.pop(name, None)
    status, headers, data = await cloudfront.handle_viewer_request(
        distribution,
        scope["method"],
        path,
        scope["raw_path"].decode("latin-1"),
        query,
        sent,
        body,
        parse_qs(query, keep_blank_values=True),
    )
    data = data.encode() if isinstance(data, str) else data
    policy = headers.get("Content-Security-Policy")
    if policy:
        headers["Content-Security-Policy"] = _local(policy)
    if path == _CONFIGURATION and status == 200 and data:
        data = _local(data.decode()).encode()
        headers["Content-Length"] = str(len(data))
    return status, headers, data


def _local(text):
    return _SIGN_IN.sub(f"http://{_HOST}:{os.environ['GATEWAY_PORT']}", text)


async def _body(receive):
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _fields(headers):
    return [
        (name.lower().encode("latin-1"), str(item).encode("latin-1"))
        for name, value in headers.items()
        for item in (value if isinstance(value, list) else [value])
    ]


async def open_from(receive):
    """Returns the status and body of the response to `{ "domain": ..., "port": ... }`."""
    try:
        options = json.loads(await _body(receive))
        domain, port = str(options["domain"]), int(options["port"])
    except (ValueError, TypeError, KeyError):
        return 400, {"message": 'expected {"domain": text, "port": number}'}
    try:
        return 200, {"port": await open_edge(domain, port)}
    except LookupError as error:
        return 404, {"message": str(error)}
    except OSError as error:
        return 409, {"message": str(error)}
