"""`make test` and its parts: lint, types, import contracts, migrations, tests. Standard library only."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config import devdb
from config.console import say

CHECKOUT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SETTINGS = "config.settings.test"


def tool(name: str) -> str:
    """A program of our own environment, wherever the checkout has been moved to."""
    return str(BIN / name)


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def templates() -> list[str]:
    """Every template, as paths below the checkout."""
    folders = [CHECKOUT / "templates", *CHECKOUT.glob("*/templates")]
    return sorted(str(path.relative_to(CHECKOUT)) for folder in folders for path in folder.rglob("*.html"))


LINT = {
    "ruff check": python("-m", "ruff", "check", "--quiet", "."),
    "ruff format": python("-m", "ruff", "format", "--check", "--quiet", "."),
    "import contracts": [tool("lint-imports"), "--no-cache"],
}
TYPES = {"mypy": python("-m", "mypy", ".")}
MIGRATIONS = {"migrations": python("manage.py", "makemigrations", "--check", "--dry-run")}
# An idle worker takes over tests of a busy one: the slowest take a minute, the most a few milliseconds.
TESTS = python("-m", "pytest", "-n", "auto", "--dist", "worksteal")


def lint() -> dict[str, list[str]]:
    """The lint steps; templates are checked as soon as there are any."""
    found = templates()
    return LINT | ({"templates": [tool("djade"), "--check", *found]} if found else {})


def run_quietly(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one step, showing its output only when it fails; True when it passes."""
    begun = time.monotonic()
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    verdict = "passed" if done.returncode == 0 else "FAILED"
    say(f"{name:18} {verdict} ({time.monotonic() - begun:.1f} s)")
    if done.returncode != 0:
        say(f"{done.stdout}{done.stderr}".rstrip())
    return done.returncode == 0


def run_all(steps: dict[str, list[str]], environment: dict[str, str]) -> list[str]:
    """Run every step, one on each processor, whatever the others say; the names of those that failed."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        passed = pool.map(lambda step: run_quietly(step[0], step[1], environment), steps.items())
        return [name for name, done in zip(steps, passed, strict=True) if not done]


def check_everything(arguments: list[str]) -> int:
    """Every step, then pytest with `arguments`; its summary is the last thing printed. The exit status."""
    with devdb.environment() as environment:
        failed = run_all(
            {**TYPES, **lint(), **MIGRATIONS}, environment | {"DJANGO_SETTINGS_MODULE": SETTINGS}
        )
        if failed:
            say(f"Failed before the tests: {', '.join(failed)}")
        tests = subprocess.run([*TESTS, *arguments], cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL)
    return tests.returncode or (1 if failed else 0)


def format_code() -> int:
    """Rewrite code and templates in the house's format."""
    commands = [python("-m", "ruff", "check", "--fix", "--quiet", "."), python("-m", "ruff", "format", ".")]
    if found := templates():
        commands.append([tool("djade"), *found])
    return max([subprocess.run(command, cwd=CHECKOUT).returncode for command in commands])


def lock() -> int:
    """Write both lock files anew, keeping the versions that still fit."""
    environment = os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    options = ["--quiet", "--annotation-style=line", "--python-version", "3.11", "--no-emit-index-url"]
    for name in ("requirements", "requirements-dev"):
        command = [tool("uv"), "pip", "compile", *options, f"{name}.in", "-o", f"{name}.txt"]
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            return done.returncode
    return 0


def main(arguments: list[str]) -> int:
    """Run the named check; the exit status."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS}
    match arguments:
        case ["all", *rest]:
            return check_everything(rest)
        case ["lint"]:
            return bool(run_all(lint(), environment))
        case ["types"]:
            return bool(run_all(TYPES, environment))
        case ["format"]:
            return format_code()
        case ["lock"]:
            return lock()
    raise SystemExit("usage: python -m config.checks all|lint|types|format|lock")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
