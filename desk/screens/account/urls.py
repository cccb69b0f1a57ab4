from django.urls import path

from desk.screens.account.environment import Appearance, Switch
from desk.screens.account.sign_in import SignIn, SignOut

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("switch/", Switch.as_view(), name="switch"),
    path("appearance/", Appearance.as_view(), name="appearance"),
]
