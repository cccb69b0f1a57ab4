from django.urls import path

from desk.screens.home.home import GetStarted, Home, TilePanel, TodoPanel
from desk.screens.home.search import Search

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("to-do/", TodoPanel.as_view(), name="todo"),
    path("tiles/<slug:name>/", TilePanel.as_view(), name="tile"),
    path("get-started/", GetStarted.as_view(), name="get-started"),
    path("search/", Search.as_view(), name="search"),
]
