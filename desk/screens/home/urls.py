from django.urls import path

from desk.screens.home.home import Home
from desk.screens.home.search import Search

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("search/", Search.as_view(), name="search"),
]
