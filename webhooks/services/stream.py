"""A guarded connection: to a checked address only, and never longer than its deadline.

The HTTP library brings time-outs for each read; a receiver that sends a byte every few seconds could
hold a sender for ever. Here every operation of a connection gets what is left until one deadline.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

from webhooks.services import destination
from webhooks.services.destination import Destination


class Deadline:
    """A point on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left, more than zero; raises TimeoutError when there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to the destination it was made for, whatever host it is told."""

    def __init__(self, target: Destination, deadline: Deadline) -> None:
        self._target = target
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, judge every address, connect to the first that answers."""
        found = destination.addresses(self._target, seconds=self._deadline.left())
        failure: OSError | None = None
        for address in found:
            try:
                return GuardedStream(
                    socket.create_connection((address, self._target.port), timeout=self._deadline.left()),
                    self._deadline,
                )
            except OSError as error:
                failure = error
        raise httpcore.ConnectError(str(failure)) from failure


class GuardedStream(httpcore.NetworkStream):
    """A socket, plain or TLS, whose operations share the deadline."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._socket = connection
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._timed(httpcore.ReadError):
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        view = memoryview(buffer)
        while view:
            with self._timed(httpcore.WriteError):
                view = view[self._socket.send(view) :]

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with self._timed(httpcore.ConnectError):
            secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        return GuardedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._socket if info == "socket" else None

    @contextmanager
    def _timed(self, failure: type[Exception]) -> Iterator[None]:
        self._socket.settimeout(self._deadline.left())
        try:
            yield
        except TimeoutError:
            raise
        except OSError as error:
            raise failure(str(error)) from error
