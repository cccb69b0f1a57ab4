from django.urls import path

from desk.screens.account.environment import Appearance, Switch
from desk.screens.account.invitation import Accept
from desk.screens.account.password import Forgot, Reset
from desk.screens.account.sign_in import SignIn, SignOut

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("forgot/", Forgot.as_view(), name="forgot"),
    path("reset/<who>/<proof>/", Reset.as_view(), name="reset"),
    path("invitation/<secret>/", Accept.as_view(), name="invitation"),
    path("switch/", Switch.as_view(), name="switch"),
    path("appearance/", Appearance.as_view(), name="appearance"),
]
