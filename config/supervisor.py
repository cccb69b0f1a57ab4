"""`manage.py start`: prepare the database, then run web server and worker until asked to stop.

The supervisor itself loads no Django: what needs it runs as `manage.py prepare` in a process of its own.
"""

import ctypes.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from config import devdb
from config.children import Child, stop_all
from config.console import say
from config.probe import page_is_served, worker_is_silent

CHECKOUT = Path(__file__).resolve().parent.parent
TUTORIAL = "docs/tutorial/first-invoice.md"
SERVED_WITHIN = 60.0
LOOK_EVERY = 15.0
SILENT_AFTER = 200.0  # a worker's first heartbeat comes at its start, and is stale three minutes later
DOCUMENT_LIBRARIES = ("gobject-2.0", "pango-1.0", "pangoft2-1.0", "harfbuzz", "fontconfig")
DOCUMENT_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"  # with what they depend on
EAST_ASIAN_FONTS = "fonts-noto-cjk"  # fonts-droid-fallback is small and will do


def address() -> tuple[str, int]:
    """HOST and PORT from the environment."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return host, int(port)


def demand_free(host: str, port: int) -> None:
    """Refuse to go on when another program listens on the port."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        raise SystemExit(
            f"Port {port} on {host} cannot be used ({error.strerror}): stop what listens there, "
            f"or choose another with PORT={port + 1 if port < 65535 else 8000} make start."
        ) from error


def prepare(environment: dict[str, str]) -> None:
    """Migrate and load the sandbox; a failure has already said why in one sentence."""
    command = [sys.executable, "manage.py", "prepare"]
    done = subprocess.run(
        command, env=environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL, start_new_session=True
    )
    if done.returncode != 0:
        raise SystemExit(1)


def family(environment: dict[str, str], host: str, port: int) -> list[Child]:
    """The web server and the worker."""
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += ["--workers", environment.get("WEB_WORKERS", "1")]
    web += ["--blocking-threads", environment.get("WEB_THREADS", "4")]
    web += ["--workers-kill-timeout", "5", "--respawn-failed-workers", "--no-ws", "--log-level", "warning"]
    return [
        Child(name="web server", command=[*web, "config.wsgi:application"], environment=environment),
        Child(name="worker", command=[sys.executable, "manage.py", "worker"], environment=environment),
    ]


def documents_can_be_made() -> bool:
    """True when the system libraries that WeasyPrint loads are installed."""
    return all(ctypes.util.find_library(name) for name in DOCUMENT_LIBRARIES)


def east_asian_text_can_be_printed() -> bool:
    """True when a font for it is installed, or nobody can tell: `fc-list` comes with Pango on Debian."""
    program = shutil.which("fc-list")
    if program is None:
        return True
    asked = [program, ":lang=ja", "family"]
    try:
        return bool(subprocess.run(asked, capture_output=True, timeout=20, check=False).stdout.strip())
    except subprocess.TimeoutExpired:
        return True


def welcome(base: str) -> str:
    """What a newcomer needs: addresses, login, key, and where to begin."""
    lines = ["", "Tallydesk is running; Ctrl-C stops it.", ""]
    lines += [f"  Desk       {base}/desk/", f"  Admin      {base}/admin/"]
    lines += [f"  API        {base}/v1/", f"  API docs   {base}/v1/docs"]
    note = CHECKOUT / "var" / "sandbox.json"
    if note.is_file():
        sandbox = json.loads(note.read_text())
        lines += [
            f"  Login      {sandbox['owner_email']}  {sandbox['owner_password']}",
            f"  API key    {sandbox['api_key']}",
            "",
            f"Begin with {TUTORIAL}; its commands need, in a second terminal:",
            "",
            f"  export TALLYDESK={base}",
            f"  export KEY={sandbox['api_key']}",
        ]
    lines += [""]
    if not documents_can_be_made():
        lines += [f"PDF documents need system libraries; on Debian: apt-get install {DOCUMENT_PACKAGES}", ""]
    elif not east_asian_text_can_be_printed():
        lines += [
            "Chinese, Japanese and Korean text in PDF documents needs a font; "
            f"on Debian: apt-get install {EAST_ASIAN_FONTS}",
            "",
        ]
    return "\n".join(lines)


class Stop(Exception):
    """SIGINT or SIGTERM arrived, or whoever started us is gone."""


def stop_on_signals() -> None:
    """Turn the first SIGINT or SIGTERM into `Stop`; later ones cannot disturb the stopping."""

    def handler(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stop

    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup has its way
        signal.signal(signal.SIGHUP, handler)


def end_silent_worker(worker: Child, base: str) -> None:
    """End a worker that hangs so badly that it does not notice it itself; it is then started again."""
    if worker.process and time.monotonic() - worker.started > SILENT_AFTER and worker_is_silent(base):
        say("The worker has been silent for three minutes and is started again.")
        worker.wait_or_kill(time.monotonic())


def supervise(children: list[Child], base: str, starter: int) -> None:
    """Keep the children running and print the welcome at the first page served; ends by an exception."""
    begun, welcomed, looked = time.monotonic(), False, time.monotonic()
    while True:
        for child in children:
            child.tend()
            if child.hopeless and not welcomed:
                raise SystemExit(f"The {child.name} does not start; its messages above say why.")
        if not welcomed and page_is_served(base):
            welcomed = True
            say(welcome(base))
        if not welcomed and time.monotonic() - begun > SERVED_WITHIN:
            raise SystemExit(f"Nothing is served on {base} after {SERVED_WITHIN:.0f} s.")
        if time.monotonic() - looked > LOOK_EVERY:
            looked = time.monotonic()
            end_silent_worker(children[-1], base)
        if os.environ.get("STOP_WITH_STARTER") and os.getppid() != starter:
            raise Stop
        time.sleep(0.3)


def main() -> None:
    """Run until SIGINT or SIGTERM; exit status 0 then, 1 with one sentence when it cannot start."""
    host, port = address()
    demand_free(host, port)
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    base = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    starter = os.getppid()
    stop_on_signals()
    children: list[Child] = []
    try:
        with devdb.environment(CHECKOUT) as environment:
            try:
                prepare(environment)
                children = family(environment, host, port)
                supervise(children, base, starter)
            finally:
                stop_all(children)
    except Stop:
        say("Tallydesk has stopped.")
