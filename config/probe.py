"""What the supervisor asks its own web server."""

import contextlib
import json
import urllib.error
import urllib.request


def page_is_served(base: str) -> bool:
    """True when ``/livez`` below the address ``base`` answers with success."""
    try:
        with urllib.request.urlopen(f"{base}/livez", timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except OSError:
        return False


def worker_is_silent(base: str) -> bool:
    """True when ``/readyz`` says that the worker's heartbeat is missing."""
    with contextlib.suppress(OSError, ValueError):
        try:
            urllib.request.urlopen(f"{base}/readyz", timeout=2).close()  # noqa: S310 - our own http address
        except urllib.error.HTTPError as answer:
            return bool(json.load(answer).get("checks", {}).get("jobs", "ok") != "ok")
    return False
