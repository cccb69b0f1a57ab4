"""What ``make start`` runs: one machine, loopback, a secret of its own kept in ``var/``."""

import secrets
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, SECRET_KEY, STORAGES, env


def _local_secret(path: Path) -> str:
    """The installation's own secret, made once and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = SECRET_KEY or _local_secret(BASE_DIR / "var" / "secret_key")
# Static files straight from the packages: nothing has to be collected first.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None
WEBHOOK_ALLOW_LOOPBACK = env.bool("WEBHOOK_ALLOW_LOOPBACK", default=True)
