"""Addresses of the pages: plural nouns; a quotation's short address is permanent."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, reverse_lazy

from quotes import run_views, speaker_views, views

login = LoginView.as_view(template_name="quotes/login.html", next_page=reverse_lazy("home"))

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("search/", views.search_page, name="search"),
    path("quotes/", views.quotations, name="quotations"),
    path("quotes/<slug:uid>/", views.quotation, name="quotation"),
    path("quotes/<slug:uid>/cite.<str:form>", views.cite, name="cite"),
    path("q/<slug:uid>/", views.permalink, name="permalink"),
    path("articles/", views.articles, name="articles"),
    path("articles/<slug:uid>/", views.article, name="article"),
    path("speakers/", speaker_views.speakers, name="speakers"),
    path("speakers/<slug:slug>/", speaker_views.speaker, name="speaker"),
    path("runs/", run_views.runs, name="runs"),
    path("runs/<uuid:uid>/", run_views.run, name="run"),
    path("runs/<uuid:uid>/progress/", run_views.run_progress, name="run-progress"),
    path("account/login/", login, name="login"),
    path("account/logout/", LogoutView.as_view(next_page=reverse_lazy("home")), name="logout"),
]
