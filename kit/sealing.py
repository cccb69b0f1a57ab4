"""Secrets that must be read again (signing secrets, passwords, gateway keys), encrypted at rest.

The key comes from ``SECRET_KEY``; ``SECRET_KEY_FALLBACKS`` still open what older keys sealed.
"""

from __future__ import annotations

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from kit.errors import ApiFailure

PURPOSE = b"tallydesk sealed columns 1"


def seal(text: str) -> str:
    """``text`` encrypted and authenticated, as text for a column; empty stays empty."""
    return _keys().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """What was sealed. Raises ApiFailure when no key that we have opens it."""
    if not sealed:
        return ""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise ApiFailure("A stored secret cannot be opened: was SECRET_KEY changed?") from None


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@cache
def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
