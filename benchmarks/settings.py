"""What the benchmarks serve: the real application, quiet, and one view to compare with."""

from config.settings.dev import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
