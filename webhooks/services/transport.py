"""One POST to a receiver. The only module that speaks HTTP; nothing here touches the database."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import httpcore

from webhooks.services import destination
from webhooks.services.stream import Deadline, GuardedBackend

SECONDS = 10.0
EXCERPT_BYTES = 1000
ALWAYS = {"Content-Type": "application/json", "User-Agent": "Tallydesk-Webhooks/1", "Connection": "close"}


@dataclass(frozen=True, slots=True)
class Reply:
    """How an attempt went. ``status`` is None when no answer came; ``cause`` is empty on success.

    ``milliseconds`` is how long the exchange took, None where nothing was sent.
    """

    status: int | None
    excerpt: str
    cause: str
    milliseconds: int | None = None

    @property
    def succeeded(self) -> bool:
        return not self.cause


def post(*, url: str, headers: Mapping[str, str], body: bytes, seconds: float = SECONDS) -> Reply:
    """Send, and read the answer's status and beginning, all within ``seconds``; follow no redirect."""
    begun = time.monotonic()
    reply = _attempt(url, headers, body, seconds)
    return replace(reply, milliseconds=int((time.monotonic() - begun) * 1000))


def _attempt(url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply:
    try:
        return _exchange(url, headers, body, Deadline(seconds))
    except destination.Refused as refusal:
        return Reply(None, "", f"The URL {refusal.message}")
    except destination.Unresolvable as error:
        return Reply(None, "", str(error))
    except TimeoutError:
        return Reply(None, "", f"No answer within {seconds:g} seconds")
    except httpcore.ConnectError as error:
        return Reply(None, "", f"Could not connect: {error}")
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        return Reply(None, "", f"The connection broke: {error}")


def _exchange(url: str, headers: Mapping[str, str], body: bytes, deadline: Deadline) -> Reply:
    target = destination.parse(url)
    backend = GuardedBackend(target, deadline)
    address = httpcore.URL(
        scheme=target.scheme, host=target.host, port=target.port, target=target.target.encode()
    )
    sent = {"Host": target.host_header, **ALWAYS, **headers}
    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend, http2=False) as pool,
        pool.stream("POST", address, headers=list(sent.items()), content=body) as response,
    ):
        return _judged(response.status, _beginning(response))


def _beginning(response: httpcore.Response) -> str:
    """The first bytes of the answer as text, fit for a database column."""
    read = b""
    for chunk in response.iter_stream():
        read += chunk
        if len(read) >= EXCERPT_BYTES:
            break
    return read[:EXCERPT_BYTES].decode(errors="replace").replace("\x00", "\ufffd")


def _judged(status: int, excerpt: str) -> Reply:
    if 200 <= status < 300:
        return Reply(status, excerpt, "")
    redirect = "; redirects are not followed" if 300 <= status < 400 else ""
    return Reply(status, excerpt, f"The receiver answered {status}{redirect}")


@cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked against the system's authorities; TLS 1.2 at least."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
