"""Send what must reach a person. Without a mail server configured, the caller shows the link instead."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail


def is_set_up() -> bool:
    """Whether a mail server (or another real backend) is configured."""
    return bool(settings.EMAIL_HOST)


def send(*, to: str, subject: str, text: str) -> None:
    """One plain-text message."""
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
