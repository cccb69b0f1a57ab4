"""The test suite: like development, with fast password hashing and no manifest of static files."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, STORAGES

SECRET_KEY = "tests-only"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WEBHOOK_ALLOW_LOOPBACK = True
# Tests close their own connections; a pool would keep the test database busy at the end.
DATABASES["default"]["OPTIONS"].pop("pool")
# Tests on real transactions empty the tables afterwards, which the database otherwise refuses; what they
# commit is thrown away, so nothing waits for the disk.
DATABASES["default"]["OPTIONS"]["options"] = "-c tallydesk.wipe=on -c synchronous_commit=off"
STATIC_ROOT = None
# Tests write the API log when they ask for it: another connection would not see their transaction.
REQUEST_LOG_THREAD = False
