from django.urls import path

from desk.screens.settings.index import Settings
from desk.screens.settings.profile import Profile, SignOutEverywhere

urlpatterns = [
    path("", Settings.as_view(), name="settings"),
    path("profile/", Profile.as_view(), name="profile"),
    path("profile/sign-out-everywhere/", SignOutEverywhere.as_view(), name="sign-out-everywhere"),
]
