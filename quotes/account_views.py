"""The pages of an account: who one is, one's tokens, limits and what is used of them.

A token is shown in the answer to the form that makes it, and never again; it is in no address, no
session and no log.
"""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from quotes import account_removal, decisions, limits, tokens
from quotes.account_forms import PasswordForm, RemovalForm, TokenForm
from quotes.locks import BusyError
from quotes.models import ApiToken

OF_ACCOUNTS = (limits.USER, limits.WRITE, limits.EXTRACT, limits.EXPORT)
LIMIT_MEANS = {
    limits.USER: "Requests to the API",
    limits.WRITE: "of these, that change something",
    limits.EXTRACT: "of these, that extract",
    limits.EXPORT: "of these, that export",
}
for_account_holders = login_required(login_url=reverse_lazy("login"))


def holder(request: HttpRequest) -> User:
    """Return who is signed in; `for_account_holders` has made sure that somebody is."""
    return cast("User", request.user)


@never_cache
@require_safe
@for_account_holders
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is, what one may do, and what is used of one's limits."""
    user = holder(request)
    quotas = limits.used(limits.Client(user, ""), OF_ACCOUNTS)
    context = {
        "groups": user.groups.order_by("name"),
        "may_review": decisions.may_decide(user),
        "may_import": user.has_perm("quotes.add_import"),
        "token_count": tokens.of(user).count(),
        "limits": [(LIMIT_MEANS[quota.limit.scope], quota) for quota in quotas],
    }
    return render(request, "quotes/account.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_account_holders
def token_list(request: HttpRequest) -> HttpResponse:
    """List one's tokens; make one, and show it this once."""
    user = holder(request)
    if request.method != "POST":
        return _tokens(request, TokenForm())
    form = TokenForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            row, token = tokens.make(
                user, asked["name"], asked["scopes"], lifetime=asked["lifetime"]
            )
        except tokens.NotMade as problem:
            form.add_error("name", str(problem))
        else:
            return _tokens(request, TokenForm(), made=row, token=token)
    return _tokens(request, form, status=400)


def _tokens(
    request: HttpRequest,
    form: TokenForm,
    *,
    made: ApiToken | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "tokens": [(row, tokens.is_over(row)) for row in tokens.of(holder(request))],
        "made": made,
        "token": token,
        "may_review": decisions.may_decide(request.user),
    }
    return render(request, "quotes/account_tokens.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_account_holders
def revoke_token(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask whether one of one's tokens is to be revoked, say what stops working, and revoke it.

    Nobody else's can be told from one that is not there.
    """
    user = holder(request)
    if request.method == "POST":
        name = tokens.revoke(user, uid)
        if name is None:
            raise Http404("there is no such token")
        messages.success(request, f"“{name}” is revoked: it does not work any more.")
        return redirect("account-tokens")
    row = get_object_or_404(tokens.of(user), uid=uid)
    context = {"row": row, "is_over": tokens.is_over(row)}
    return render(request, "quotes/account_token_revoke.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_account_holders
def remove(request: HttpRequest) -> HttpResponse:
    """Say what goes with one's account and what stays, ask for the password, and remove it."""
    user = holder(request)
    is_kept = account_removal.is_kept(user)
    form = RemovalForm(user, request.POST if request.method == "POST" and not is_kept else None)
    if form.is_valid():
        try:
            account_removal.remove(user)
        except BusyError:
            form.add_error(None, "One of your exports is being ended first. Try again in a minute.")
        else:
            logout(request)
            return render(request, "quotes/account_remove.html", {"is_removed": True})
    context = {
        "form": form, "extent": account_removal.extent(user), "is_kept": is_kept,
    }  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "quotes/account_remove.html", context, status=status)


@method_decorator(for_account_holders, name="dispatch")
class ChangePassword(PasswordChangeView):
    """Changes one's password: other sessions end, and, unless one wants it otherwise, tokens."""

    form_class = PasswordForm
    template_name = "quotes/account_password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: PasswordForm) -> HttpResponse:  # type: ignore[override]
        """Change it; revoke the tokens if that is asked for."""
        response = super().form_valid(form)
        done = "Your password is changed; you are signed out everywhere else."
        if form.cleaned_data["revoke"] and (count := tokens.revoke_all(holder(self.request))):
            done += f" Your {count} token{'s are' if count > 1 else ' is'} revoked."
        messages.success(self.request, done)
        return response
