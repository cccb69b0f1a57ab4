from django.urls import path

from desk.screens.settings import api_keys, invitations, members, users
from desk.screens.settings.index import Settings
from desk.screens.settings.profile import Profile, SignOutEverywhere

urlpatterns = [
    path("", Settings.as_view(), name="settings"),
    path("profile/", Profile.as_view(), name="profile"),
    path("profile/sign-out-everywhere/", SignOutEverywhere.as_view(), name="sign-out-everywhere"),
    path("users/", users.Users.as_view(), name="users"),
    path("users/invite/", invitations.Invite.as_view(), name="user-invite"),
    path("users/<pk>/role/", members.ChangeRole.as_view(), name="user-role"),
    path("users/<pk>/deactivate/", members.Deactivate.as_view(), name="user-deactivate"),
    path("users/<pk>/reactivate/", members.Reactivate.as_view(), name="user-reactivate"),
    path("users/<pk>/password-link/", members.ResetLink.as_view(), name="user-reset"),
    path("invitations/<pk>/withdraw/", invitations.Withdraw.as_view(), name="invitation-withdraw"),
    path("api-keys/", api_keys.ApiKeys.as_view(), name="api-keys"),
    path("api-keys/new/", api_keys.NewKey.as_view(), name="api-key-new"),
    path("api-keys/<pk>/rotate/", api_keys.Rotate.as_view(), name="api-key-rotate"),
    path("api-keys/<pk>/revoke/", api_keys.Revoke.as_view(), name="api-key-revoke"),
]
