"""Signatures: the reference's headers and Standard Webhooks, over the same secret. Pure.

A secret is ``whsec_`` + base64 of 24 to 64 bytes, as Standard Webhooks writes it. Its scheme takes the
decoded bytes as the HMAC key. The reference's scheme does not say what its key is, so each secret
signs twice there: with the text of the secret exactly as shown, and with the decoded bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from kit.errors import InvalidField, TallydeskError
from kit.period import format_instant, parse_instant

PREFIX = "whsec_"
NEW_BYTES = 32
FEWEST_BYTES, MOST_BYTES = 24, 64
TOLERANCE = timedelta(minutes=5)


def new_secret() -> str:
    """A fresh random secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(NEW_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes inside a secret. Raises InvalidField on ``secret_key`` when it has another form."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not FEWEST_BYTES <= len(key) <= MOST_BYTES:
        raise InvalidField(
            f"must be {PREFIX} followed by base64 of {FEWEST_BYTES} to {MOST_BYTES} bytes, or be left out "
            "to have one made",
            field="secret_key",
        )
    return key


def headers(*, living: Iterable[str], message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of one attempt made ``at`` (wall time), signed with every living secret."""
    at = at.replace(microsecond=0)
    seconds = str(int(at.timestamp()))
    stamp = format_instant(at)
    always = {"webhook-id": message_id, "webhook-timestamp": seconds, "X-PAYLOAD-SIGNATURE-TIMESTAMP": stamp}
    reference: list[str] = []
    standard: list[str] = []
    for secret in living:
        reference += reference_signatures(secret=secret, stamp=stamp, body=body)
        standard.append(standard_signature(secret=secret, message_id=message_id, seconds=seconds, body=body))
    if not standard:
        return always
    return always | {"X-PAYLOAD-SIGNATURE": ",".join(reference), "webhook-signature": " ".join(standard)}


def reference_signatures(*, secret: str, stamp: str, body: bytes) -> list[str]:
    """``v1=<HEX>`` of ``{stamp}.{body}``, keyed by the secret's text and by its bytes."""
    signed = stamp.encode() + b"." + body
    keys = (secret.encode(), key_of(secret))
    return [f"v1={hmac.new(key, signed, hashlib.sha256).hexdigest().upper()}" for key in keys]


def standard_signature(*, secret: str, message_id: str, seconds: str, body: bytes) -> str:
    """``v1,<base64>`` of ``{id}.{timestamp}.{body}``."""
    signed = f"{message_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def verified(*, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> dict[str, bool]:
    """Scheme -> whether its headers prove that ``body`` was signed with ``secret`` within five minutes of
    ``now``. What a receiver does; here for ``webhook_listen``. Header names in any case."""
    given = {name.lower(): value for name, value in headers.items()}
    stamp, seconds = given.get("x-payload-signature-timestamp", ""), given.get("webhook-timestamp", "")
    standard = standard_signature(
        secret=secret, message_id=given.get("webhook-id", ""), seconds=seconds, body=body
    )
    reference = reference_signatures(secret=secret, stamp=stamp, body=body)
    return {
        "X-PAYLOAD-SIGNATURE": _is_recent(stamp, now)
        and _holds_one(given.get("x-payload-signature", "").split(","), reference),
        "webhook-signature": _is_recent_unix(seconds, now)
        and _holds_one(given.get("webhook-signature", "").split(" "), [standard]),
    }


def _holds_one(given: list[str], expected: list[str]) -> bool:
    """Whether one of the expected signatures was given, compared in constant time."""
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in given for other in expected)


def _is_recent(stamp: str, now: datetime) -> bool:
    try:
        return abs(now - parse_instant(stamp, field="")) <= TOLERANCE
    except TallydeskError:
        return False


def _is_recent_unix(seconds: str, now: datetime) -> bool:
    return seconds.isdecimal() and abs(int(now.timestamp()) - int(seconds)) <= TOLERANCE.total_seconds()
