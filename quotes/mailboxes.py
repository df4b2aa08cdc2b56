"""Where an account's mail goes: an address is given, asked to confirm, changed, taken away.

Nothing but the question itself is sent to an address before whoever reads it there has pressed the
link in it and then a button: programs that open links in mail confirm nothing.
Source: docs/decisions/0029-search-page-and-mail.md.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from quotes import mail
from quotes.models import Mailbox
from quotes.params import MAIL
from quotes.refusals import InputError

ADDRESS_CHARS = 254
_CONFIRM, _STOP_CHANGES = "quotes.mailboxes.confirm", "quotes.mailboxes.stop"


class MailboxError(InputError):
    """An address cannot be kept like this, or a link from a letter means nothing any more."""


def of(user: User) -> Mailbox | None:
    """Return the mailbox of `user`, confirmed or not; None if no address is given. One query."""
    return Mailbox.objects.filter(user=user).exclude(address="").first()


def give(user: User, address: str) -> Mailbox:
    """Keep `address` for `user`, unconfirmed, and ask it to confirm; the same again asks anew.

    Mail stops going to a former address at once. Raises MailboxError for what is no address and
    where one was asked less than `MAIL.confirm_pause_s` ago, and MailError where the letter could
    not be sent: then the address is kept, and can be asked later.
    """
    checked = _checked(address)
    mailbox, _ = Mailbox.objects.get_or_create(user=user)
    if mailbox.address == checked and mailbox.confirmed_at is not None:
        return mailbox
    now = timezone.now()
    last = now - timedelta(seconds=MAIL.confirm_pause_s)
    free = Q(asked_at__isnull=True) | Q(asked_at__lte=last)
    # One of several at once asks, whatever address each has.
    taken = Mailbox.objects.filter(free, pk=mailbox.pk)
    if not taken.update(address=checked, confirmed_at=None, asked_at=now, problem=""):
        minutes = max(1, round(MAIL.confirm_pause_s / 60))
        raise MailboxError(
            "a letter was sent a moment ago",
            f"look in the mailbox, also among the unwanted mail; ask again in {minutes} minutes",
        )
    mailbox.refresh_from_db()
    try:
        _ask(mailbox)
    except mail.MailError:
        # Nobody has got anything: no need to wait.
        Mailbox.objects.filter(pk=mailbox.pk, asked_at=now).update(asked_at=None)
        raise
    return mailbox


def _checked(address: str) -> str:
    line = address.strip()
    try:
        validate_email(line)
    except ValidationError as error:
        raise MailboxError("this is no e-mail address", "write it as name@example.org") from error
    if len(line) > ADDRESS_CHARS:
        raise MailboxError("this address is too long", f"give at most {ADDRESS_CHARS} characters")
    return line


def _ask(mailbox: Mailbox) -> None:
    link = settings.SITE_URL + reverse("mail-confirm", args=[confirm_token(mailbox)])
    context = {
        "name": mailbox.user.get_username(),
        "address": mailbox.address,
        "link": link,
        "days": MAIL.confirm_days,
        "site": settings.SITE_URL,
    }
    mail.send_to(
        mailbox.address,
        "Confirm this address for Quote Tracker",
        render_to_string("quotes/mail/confirm.txt", context),
        render_to_string("quotes/mail/confirm.html", context),
    )


def remove(user: User) -> None:
    """Forget the address of `user`. That one was just asked is kept: so often, and no oftener."""
    Mailbox.objects.filter(user=user).update(address="", confirmed_at=None, problem="")


def tell_of_changes(user: User, *, wanted: bool) -> None:
    """Say whether `user` is to be written to of changes of what they have cited."""
    Mailbox.objects.filter(user=user).update(tells_of_changes=wanted)


# --- links in letters


def confirm_token(mailbox: Mailbox) -> str:
    """Return what the link to confirm has in it: this account, this address, this moment."""
    return signing.dumps([mailbox.pk, mailbox.address], salt=_CONFIRM)


def asked_by(token: str) -> Mailbox:
    """Return the mailbox that a link is to confirm; raise MailboxError if it means nothing.

    It does not once its days are over, or when the account has another address by now.
    """
    try:
        pk, address = signing.loads(token, salt=_CONFIRM, max_age=timedelta(days=MAIL.confirm_days))
    except signing.SignatureExpired as error:
        raise MailboxError(
            f"this link has worked for {MAIL.confirm_days} days, which are over",
            "ask for another letter on the account page",
        ) from error
    except signing.BadSignature as error:
        raise MailboxError("this link is not whole", "copy all of it from the letter") from error
    rows = Mailbox.objects.select_related("user").filter(user__is_active=True)
    found = rows.filter(pk=pk, address=address).first()
    if found is None:
        raise MailboxError(
            "the account has another address by now, or none", "see its account page"
        )
    return found


def confirm(token: str, *, at: datetime | None = None) -> Mailbox:
    """Confirm the address that `token` is about; raises MailboxError as `asked_by` does."""
    with transaction.atomic():
        mailbox = asked_by(token)
        if mailbox.confirmed_at is None:
            mailbox.confirmed_at = at or timezone.now()
            mailbox.save(update_fields=["confirmed_at"])
    return mailbox


def stop_changes_address(user: User) -> str:
    """Return the address at which one press ends letters about what `user` has cited."""
    token = signing.dumps(["changes", user.pk], salt=_STOP_CHANGES)
    return settings.SITE_URL + reverse("mail-stop", args=[token])


def stopped_changes(token: str) -> User | None:
    """Return whose letters about changes `token` ends; None if it is about something else."""
    try:
        kind, pk = signing.loads(token, salt=_STOP_CHANGES)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=pk).first() if kind == "changes" else None
