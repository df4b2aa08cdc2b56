"""Addresses of the pages: plural nouns; a quotation's short address is permanent."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, reverse_lazy

from quotes import (
    account_views,
    feed_pages,
    feed_views,
    review_views,
    run_views,
    saved_views,
    speaker_edit_views,
    speaker_views,
    views,
)

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
    path("feeds/", feed_pages.feeds, name="feeds"),
    path("feeds/<uuid:uid>/", feed_pages.change, name="feed-change"),
    path("feeds/<uuid:uid>/remove/", feed_pages.remove, name="feed-delete"),
    path("saved/", saved_views.saved, name="saved-searches"),
    path("saved/new/", saved_views.save, name="saved-new"),
    path("saved/feeds/<str:key>.<str:form>", feed_views.saved_feed, name="saved-feed"),
    path("saved/<uuid:uid>/", saved_views.saved_search, name="saved-search"),
    path("saved/<uuid:uid>/name/", saved_views.rename, name="saved-rename"),
    path("saved/<uuid:uid>/feeds/", saved_views.change_key, name="saved-key"),
    path("saved/<uuid:uid>/delete/", saved_views.delete, name="saved-delete"),
    path("runs/", run_views.runs, name="runs"),
    path("runs/<uuid:uid>/", run_views.run, name="run"),
    path("runs/<uuid:uid>/progress/", run_views.run_progress, name="run-progress"),
    path("account/", account_views.account, name="account"),
    path("account/tokens/", account_views.token_list, name="account-tokens"),
    path(
        "account/tokens/<uuid:uid>/revoke/",
        account_views.revoke_token,
        name="account-token-revoke",
    ),
    path("account/password/", account_views.ChangePassword.as_view(), name="account-password"),
    path("account/login/", login, name="login"),
    path("account/logout/", LogoutView.as_view(next_page=reverse_lazy("home")), name="logout"),
]
