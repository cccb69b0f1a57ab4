"""Make .venv from the lock files, then become the command: all that `make` needs, standard library only.

python3.11 config/bootstrap.py start|test|lint|format|types|lock|db-stop
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
RUNTIME = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "requirements-dev.txt")

COMMANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "start": (RUNTIME, ("manage.py", "start")),
    "db-stop": (RUNTIME, ("-m", "config.devdb", "stop")),
    "test": (DEVELOPMENT, ("-m", "config.checks", "all")),
    "lint": (DEVELOPMENT, ("-m", "config.checks", "lint")),
    "format": (DEVELOPMENT, ("-m", "config.checks", "format")),
    "types": (DEVELOPMENT, ("-m", "config.checks", "types")),
    "lock": (DEVELOPMENT, ("-m", "config.checks", "lock")),
}


def say(line: str) -> None:
    """Progress goes to stderr at once, so that it also shows through a pipe."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def fingerprint(*, checkout: Path, names: tuple[str, ...]) -> str:
    """One hash over the interpreter version and the contents of the lock files."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for name in names:
        digest.update((checkout / name).read_bytes())
    return digest.hexdigest()


def installed(*, environment: Path, checkout: Path, names: tuple[str, ...]) -> bool:
    """True when these lock files, or a larger set that contains them, were the last ones installed."""
    marker = environment / ".tallydesk-installed"
    if not marker.is_file():
        return False
    accepted = {
        fingerprint(checkout=checkout, names=names),
        fingerprint(checkout=checkout, names=DEVELOPMENT),
    }
    return marker.read_text() in accepted


@contextmanager
def alone(checkout: Path) -> Iterator[None]:
    """Hold a file lock, so that two commands started together do not install at the same time."""
    place = checkout / ".data"
    place.mkdir(exist_ok=True)
    with (place / "bootstrap.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_environment(environment: Path) -> Path:
    """Create the virtual environment when it is missing or broken; return its interpreter."""
    python = environment / "bin" / "python"
    if (
        python.exists()
        and subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0
    ):
        return python
    say(f"Making .venv with Python {sys.version_info.major}.{sys.version_info.minor}")
    try:
        venv.create(environment, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, OSError, ImportError) as error:
        raise SystemExit(
            f"Could not make .venv ({error}); on Debian and Ubuntu, install the package python3-venv."
        ) from error
    return python


def run_with_progress(command: list[str], *, checkout: Path) -> None:
    """Run pip, telling now and then how far it is; its own words are shown only when it fails."""
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=checkout,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as pip:
        for line in pip.stdout or ():
            lines.append(line)
            found = sum(known.startswith("Collecting ") for known in lines)
            if line.startswith("Collecting ") and found % 20 == 0:
                say(f"  {found} packages found")
            if line.startswith("Installing collected"):
                say(f"  unpacking {found} packages")
    if pip.returncode != 0:
        raise SystemExit(f"{''.join(lines[-15:])}The packages could not be installed; pip says why above.")


def install(*, python: Path, checkout: Path, names: tuple[str, ...]) -> None:
    """Install the lock files with pip and note their fingerprint."""
    marker = python.parent.parent / ".tallydesk-installed"
    marker.unlink(missing_ok=True)
    say(f"Installing {' and '.join(names)} (only when they change; a first time takes a minute or two)")
    command = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar=off", "--no-warn-script-location", "--root-user-action=ignore"]
    for name in names:
        command += ["-r", name]
    run_with_progress(command, checkout=checkout)
    marker.write_text(fingerprint(checkout=checkout, names=names))


def main(arguments: list[str]) -> None:
    """Prepare the environment the command needs and replace this process by the command."""
    if sys.version_info < (3, 11):  # noqa: UP036 - says so instead of failing
        raise SystemExit(f"Tallydesk needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not arguments or arguments[0] not in COMMANDS:
        raise SystemExit(f"usage: bootstrap.py {'|'.join(COMMANDS)}")
    names, command = COMMANDS[arguments[0]]
    environment = CHECKOUT / ".venv"
    with alone(CHECKOUT):
        python = make_environment(environment)
        if not installed(environment=environment, checkout=CHECKOUT, names=names):
            install(python=python, checkout=CHECKOUT, names=names)
    os.chdir(CHECKOUT)
    os.environ["STOP_WITH_STARTER"] = "1"
    os.execv(python, [str(python), *command, *arguments[1:]])  # noqa: S606 - replacing this process is the point


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
