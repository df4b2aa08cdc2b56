"""What the pages show of a citation: the form that a visitor chose, and which there are.

The choice is kept in a cookie of ours that says nothing else. A page never waits for pandoc unless
a style was asked for in its address.
"""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse

from quotes import limits, styled_cache
from quotes.citation_forms import FORMS
from quotes.citations import CitableQuotation, text_fragment_url
from quotes.plain_words import duration
from quotes.source_texts import is_web_address
from quotes.styled import STYLES, StyleError

COOKIE = "cite_style"
COOKIE_S = 365 * 86_400
PLAIN = "text"


class Choice(NamedTuple):
    """A form of citation in the list: its name, what it is called, and by which manual."""

    name: str
    label: str
    edition: str = ""


def styles() -> list[Choice]:
    """Return the styles of manuals."""
    return [Choice(one.name, one.label, one.edition) for one in STYLES.values()]


def forms() -> list[Choice]:
    """Return the forms that need no style."""
    return [Choice(name, form.label) for name, form in FORMS.items()]


def is_known(name: str) -> bool:
    """Say whether there is such a form or style."""
    return name in FORMS or name in STYLES


def chosen(request: HttpRequest) -> str:
    """Return the form that the address names, else the one chosen before, else plain text."""
    named = request.GET.get("style") or request.COOKIES.get(COOKIE, PLAIN)
    return named if is_known(named) else PLAIN


def remember(response: HttpResponse, name: str) -> None:
    """Keep the choice with the visitor."""
    response.set_cookie(COOKIE, name, max_age=COOKIE_S, samesite="Lax", httponly=True)


def box(request: HttpRequest, c: CitableQuotation) -> dict[str, Any]:
    """Return what the box on a quotation's page shows."""
    name = chosen(request)
    was_asked = is_known(request.GET.get("style", ""))
    return {
        "uid": c.uid,
        "doubt": c.doubt,
        "address": c.address,
        "link": text_fragment_url(c) if is_web_address(c.url) else "",
        "chosen": name,
        "styles": styles(),
        "forms": forms(),
        **shown(request, c, name, may_write=was_asked),
    }


def shown(
    request: HttpRequest, c: CitableQuotation, name: str, *, may_write: bool
) -> dict[str, Any]:
    """Return the citation in a form or style.

    With `may_write`, a style that is not kept is written now; without it plain text is shown, and
    `pending` says that the style is still to come.
    """
    found: dict[str, Any] = {"uid": c.uid, "form": FORMS[PLAIN].label, "text": "", "name": name}
    if name in FORMS:
        return found | {"form": FORMS[name].label, "text": FORMS[name].write(c).strip()}
    found["style"] = STYLES[name]
    try:
        citation = styled_cache.kept(c, name)
        if citation is None and may_write:
            _spend(request)
            citation = styled_cache.cite(c, name)
    except StyleError as error:
        return found | {"problem": error, "text": FORMS[PLAIN].write(c)}
    if citation is None:
        return found | {"pending": True, "text": FORMS[PLAIN].write(c)}
    return found | {"citation": citation}


def _spend(request: HttpRequest) -> None:
    over = limits.exceeded(limits.spend(limits.client_of(request), [limits.CITE]))
    if over:
        most = f"{over.limit.requests} citations in {duration(over.limit.period_s)}"
        raise StyleError(f"{most} are written for one reader", f"wait {duration(over.ends_in_s)}")
