"""The pages of an account's e-mail: the address, and what the links in letters lead to.

The links work without signing in, by their signatures. What they do is done by a button, or by the
one press that mail programs offer (RFC 8058); opening them changes nothing.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from quotes import digests, mail, mailboxes
from quotes.account_views import for_account_holders, holder
from quotes.mailbox_forms import AddressForm
from quotes.models import Mailbox
from quotes.refusals import InputError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_account_holders
def address(request: HttpRequest) -> HttpResponse:
    """Show where one's mail goes; take an address, and ask it to confirm."""
    user = holder(request)
    known = mailboxes.of(user)
    initial = {"address": known.address if known else user.email}
    form = AddressForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            kept = mailboxes.give(user, form.cleaned_data["address"])
        except InputError as error:
            form.add_error("address", f"{error.problem}; {error.remedy}.")
        else:
            said = "is confirmed already" if kept.confirmed_at else "has a letter with a link now"
            messages.success(request, f"{kept.address} {said}.")
            return redirect("account-mail")
    context = {
        "form": form,
        "mailbox": mailboxes.of(user),
        "is_configured": mail.is_configured(),
        "digests": digests.wanted_by(user),
    }
    return render(request, "quotes/account_mail.html", context, status=400 if form.errors else 200)


@require_POST
@for_account_holders
def remove(request: HttpRequest) -> HttpResponse:
    """Forget one's address."""
    mailboxes.remove(holder(request))
    messages.success(request, "Your address is forgotten; no more mail is sent.")
    return redirect("account-mail")


@require_POST
@for_account_holders
def changes(request: HttpRequest) -> HttpResponse:
    """Say whether one wants to hear of changes of what one has cited."""
    wanted = request.POST.get("wanted") == "yes"
    mailboxes.tell_of_changes(holder(request), wanted=wanted)
    messages.success(request, f"You will {'' if wanted else 'not '}be written to of changes.")
    return redirect("account-mail")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the address is to get this account's mail, and confirm it."""
    is_done = request.method == "POST"
    try:
        mailbox = mailboxes.confirm(token) if is_done else mailboxes.asked_by(token)
    except InputError as error:
        return render(request, "quotes/mail_confirm.html", {"problem": error}, status=410)
    is_done = is_done or mailbox.confirmed_at is not None
    context = {"mailbox": mailbox, "is_done": is_done}
    return render(request, "quotes/mail_confirm.html", context)


@never_cache
@csrf_exempt  # mail programs press it, without a page of ours: the token is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether such letters are to end, and end them."""
    wanted = digests.stopped_by(token)
    user = None if wanted else mailboxes.stopped_changes(token)
    if wanted is None and user is None:
        return render(request, "quotes/mail_stop.html", {"is_unknown": True}, status=410)
    is_done = request.method == "POST"
    if is_done and wanted:
        digests.choose(wanted, "")
    elif is_done and user:
        mailboxes.tell_of_changes(user, wanted=False)
    if wanted is not None:
        is_over = not wanted.digest
    else:
        is_over = not Mailbox.objects.filter(user=user, tells_of_changes=True).exists()
    context = {"search": wanted, "is_done": is_done, "is_over": is_over}
    return render(request, "quotes/mail_stop.html", context)
