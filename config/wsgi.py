"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402  needs the applications to be ready

from kit import memory  # noqa: E402

_ = get_resolver().url_patterns  # every view is loaded before the first request, and then set aside
memory.settle()
