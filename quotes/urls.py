"""Addresses of the pages: plural nouns; a quotation's short address is permanent."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, reverse_lazy

from quotes import review_views, run_views, speaker_edit_views, speaker_views, views

login = LoginView.as_view(template_name="quotes/login.html", next_page=reverse_lazy("home"))

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("search/", views.search_page, name="search"),
    path("quotes/", views.quotations, name="quotations"),
    path("quotes/<slug:uid>/", views.quotation, name="quotation"),
    path("quotes/<slug:uid>/cite.<str:form>", views.cite, name="cite"),
    path("quotes/<slug:uid>/history/", review_views.history_page, name="history"),
    path("q/<slug:uid>/", views.permalink, name="permalink"),
    path("review/", review_views.queue, name="review"),
    path("review/speakers/", review_views.find_speakers, name="review-speakers"),
    path("review/<slug:uid>/", review_views.item, name="review-quotation"),
    path("decisions/", review_views.decision_list, name="decisions"),
    path("decisions/<uuid:uid>/undo/", review_views.undo, name="decision-undo"),
    path("articles/", views.articles, name="articles"),
    path("articles/<slug:uid>/", views.article, name="article"),
    path("speakers/", speaker_views.speakers, name="speakers"),
    path("speakers/suggest/", speaker_views.suggest, name="speaker-suggest"),
    path("speakers/suggestions/", speaker_edit_views.suggestions, name="speaker-suggestions"),
    path(
        "speakers/suggestions/<int:pk>/",
        speaker_edit_views.decide_suggestion,
        name="speaker-suggestion",
    ),
    path("speakers/<slug:slug>/", speaker_views.speaker, name="speaker"),
    path("speakers/<slug:slug>/merge/", speaker_edit_views.merge, name="speaker-merge"),
    path("speakers/<slug:slug>/split/", speaker_edit_views.split, name="speaker-split"),
    path("speakers/<slug:slug>/edit/", speaker_edit_views.edit, name="speaker-edit"),
    path("speakers/<slug:slug>/different/", speaker_edit_views.different, name="speaker-different"),
    path("runs/", run_views.runs, name="runs"),
    path("runs/<uuid:uid>/", run_views.run, name="run"),
    path("runs/<uuid:uid>/progress/", run_views.run_progress, name="run-progress"),
    path("account/login/", login, name="login"),
    path("account/logout/", LogoutView.as_view(next_page=reverse_lazy("home")), name="logout"),
]
