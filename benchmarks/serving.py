"""A database and a web server of the benchmark's own, gone when it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from config import devdb

CHECKOUT = Path(__file__).resolve().parent.parent


@contextmanager
def database(name: str) -> Iterator[str]:
    """The DATABASE_URL of an empty database on the server of DATABASE_URL, or on the embedded one."""
    with devdb.environment() as environment:
        given = environment["DATABASE_URL"]
        base, _, query = given.partition("?")
        url = base.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(given, autocommit=True) as server:
            server.execute(drop)
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            os.environ.update(
                environment | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
            )
            try:
                yield url
            finally:
                server.execute(drop)


@contextmanager
def web(*, workers: int, threads: int) -> Iterator[tuple[str, int]]:
    """The application behind granian, as ``make start`` serves it; its address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)]
    command += ["--no-ws", "--log-level", "warning", "config.wsgi:application"]
    server = subprocess.Popen(command, cwd=CHECKOUT, env=dict(os.environ), stdin=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield "127.0.0.1", port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit(f"The web server ended with status {server.returncode}.")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if b" 200 " in connection.recv(100):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("The web server did not answer within a minute.")
