"""Send what must reach a person. Without a mail server configured, the caller shows the link instead."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail

log = logging.getLogger(__name__)


def is_set_up() -> bool:
    """Whether a mail server (or another real backend) is configured."""
    return bool(settings.EMAIL_HOST)


def send(*, to: str, subject: str, text: str) -> bool:
    """One plain-text message; whether the mail server took it. Why it did not is in the log."""
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    except (OSError, SMTPException):
        log.exception("mail not sent")
        return False
    return True
