"""Senders that cost little themselves: prepared bytes over kept connections, in processes of their own."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any


def over_http(address: tuple[str, int], requests: Sequence[Sequence[bytes]], *, processes: int) -> float:
    """Seconds that it takes to send every connection's requests, one after the other on each."""
    shares = [requests[start::processes] for start in range(processes)]
    return in_processes(_send_share, [(address, share) for share in shares])


def in_processes(work: Callable[..., None], arguments: Sequence[tuple[Any, ...]]) -> float:
    """Seconds from releasing all processes together until the last has finished."""
    context = multiprocessing.get_context("fork")
    ready, go = context.Barrier(len(arguments) + 1), context.Event()
    workers = [context.Process(target=_wait_and_run, args=(ready, go, work, each)) for each in arguments]
    for worker in workers:
        worker.start()
    ready.wait(timeout=60)
    started = time.perf_counter()
    go.set()
    for worker in workers:
        worker.join(timeout=120)
    taken = time.perf_counter() - started
    if any(worker.exitcode != 0 for worker in workers):
        raise SystemExit("A sender failed; its error stands above.")
    return taken


def request(path: str, body: bytes, key: str) -> bytes:
    """The bytes of a POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _wait_and_run(ready: Any, go: Any, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    ready.wait(timeout=60)
    go.wait(timeout=60)
    work(*arguments)


def _send_share(address: tuple[str, int], share: Sequence[Sequence[bytes]]) -> None:
    faults: list[str] = []
    threads = [threading.Thread(target=_send, args=(address, each, faults)) for each in share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise SystemExit(faults[0])


def _send(address: tuple[str, int], prepared: Sequence[bytes], faults: list[str]) -> None:
    with socket.create_connection(address, timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for each in prepared:
            connection.sendall(each)
            answer = _receive(connection)
            if not answer.startswith(b"HTTP/1.1 201"):
                faults.append(answer[:2000].decode(errors="replace"))
                return


def _receive(connection: socket.socket) -> bytes:
    """One answer, by its Content-Length."""
    answer = connection.recv(65536)
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += connection.recv(65536)
    head = answer[:end].lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    missing = length - (len(answer) - end - 4)
    while missing > 0:
        missing -= len(connection.recv(min(missing, 1 << 20)))
    return answer
