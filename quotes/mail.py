"""E-mail to accounts: only to an address that its owner has confirmed; errors name the remedy.

`send` hands a message to the mail server of the settings and waits for its answer. Which message
goes to whom and when is its callers' matter (quotes/digests.py, quotes/cited.py).
Source: docs/decisions/0029-search-page-and-mail.md.
"""

import logging
import smtplib
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives

from quotes import characters
from quotes.models import Mailbox
from quotes.params import MAIL
from quotes.refusals import InputError

logger = logging.getLogger(__name__)

_LASTING_FROM = 500  # replies of a mail server from here on are final (RFC 5321, 4.2.1)
_NOT_CONFIGURED = ("this tracker sends no e-mail", "ask its operator to set TRACKER_EMAIL_HOST")


class MailError(InputError):
    """A message was not sent. `is_passing` where the same message may be taken later."""

    def __init__(self, problem: str, remedy: str, *, is_passing: bool = False) -> None:
        super().__init__(problem, remedy)
        self.is_passing = is_passing


def is_configured() -> bool:
    """Say whether there is a mail server to send through."""
    return bool(settings.EMAIL_HOST)


def confirmed(user: User) -> Mailbox | None:
    """Return the mailbox of `user` if mail may be sent to it, else None. One query."""
    rows = Mailbox.objects.filter(user=user, confirmed_at__isnull=False)
    return rows.exclude(address="").first()


def send(user: User, subject: str, text: str, html: str, *, stop: str = "") -> None:
    """Send a message to the confirmed address of `user`, as text and as HTML.

    `stop` is the address at which one press ends such mail (RFC 8058). Raises MailError if there
    is no mail server, no confirmed address, or the server does not take the message; what the
    server finally refuses is kept in the mailbox for its owner to see.
    """
    mailbox = confirmed(user)
    if mailbox is None:
        raise MailError("no address is confirmed", "confirm one on the account page")
    try:
        send_to(mailbox.address, subject, text, html, stop=stop)
    except MailError as error:
        if not error.is_passing:
            _told(mailbox, error.problem)
        raise
    if mailbox.problem:
        _told(mailbox, "")


def _told(mailbox: Mailbox, problem: str) -> None:
    # Unless its owner has just changed it.
    same = Mailbox.objects.filter(pk=mailbox.pk, address=mailbox.address)
    same.update(problem=problem[: MAIL.mail_problem_chars])


def send_to(address: str, subject: str, text: str, html: str, *, stop: str = "") -> None:
    """Send a message to `address`, confirmed or not: for asking whether it is right.

    Raises MailError as `send` does.
    """
    if not is_configured():
        raise MailError(*_NOT_CONFIGURED)
    headers = {
        "Message-ID": make_msgid(domain=urlsplit(settings.SITE_URL).hostname or "localhost"),
        "Auto-Submitted": "auto-generated",  # so that no holiday notice comes back (RFC 3834)
    }
    if stop:
        headers |= {
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    message = EmailMultiAlternatives(one_line(subject), text, to=[address], headers=headers)
    message.attach_alternative(html, "text/html")
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("not sent error=%s", type(error).__name__)
        raise _explained(error) from error


def one_line(subject: str) -> str:
    """Return a subject on one line, not longer than readers show; its end is cut by an ellipsis."""
    return characters.cut(characters.one_line(subject), MAIL.mail_subject_chars)


def _explained(error: Exception) -> MailError:
    """Return what a mail server's answer, or its silence, means. Its own words are not repeated."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        problem = "the mail server does not accept the tracker’s name and password"
        remedy = "ask the operator to correct TRACKER_EMAIL_USER and TRACKER_EMAIL_PASSWORD"
        return MailError(problem, remedy, is_passing=True)
    code = _code(error)
    if code >= _LASTING_FROM:
        problem = f"the mail server refused the message for this address ({code})"
        return MailError(problem, "check the address, or give another one")
    said = f" ({code})" if code else ""
    problem = f"the mail server did not take the message{said}"
    return MailError(problem, "it is tried again; if it lasts, ask the operator", is_passing=True)


def _code(error: Exception) -> int:
    """Return the number of a mail server's reply; 0 if it gave none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((code for code, _ in error.recipients.values()), default=0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
