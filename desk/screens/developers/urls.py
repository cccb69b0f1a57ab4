from django.urls import path

from desk.screens.developers.audit_log import AuditLog
from desk.screens.developers.clocks import Advance, Clocks, Freeze, Release

urlpatterns = [
    path("audit-log/", AuditLog.as_view(), name="audit-log"),
    path("test-clocks/", Clocks.as_view(), name="test-clocks"),
    path("test-clocks/freeze/", Freeze.as_view(), name="clock-freeze"),
    path("test-clocks/advance/", Advance.as_view(), name="clock-advance"),
    path("test-clocks/release/", Release.as_view(), name="clock-release"),
]
