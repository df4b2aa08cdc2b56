"""Do a quotation's words stand where they are said to stand? Asked anew each time it is shown.

VERIFIED: the words are at their place in the stored text, which has its SHA-256, and no later
version of the article has other words instead. CHANGED: the article's current version has other
words there. ORPHANED: the words no longer stand in the current version, or the stored text is
missing or no longer what was stored. Why: docs/decisions/0033-reading-pages.md.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import prefetch_related_objects

from quotes import versions, wording
from quotes.citations import CitableQuotation
from quotes.models import ArticleVersion, CanonicalText, Quotation
from quotes.params import PAGES
from quotes.plain_words import DIFFERENCES
from quotes.versions import FACTUALITY, SPEAKER, Compared, Fate

_EDGES = re.compile(r"^[^\w]+|[^\w]+$")
MISSING = "the stored text is missing"
_NO_WORDING = {SPEAKER, FACTUALITY}  # what may differ though the words are the same


class State(StrEnum):
    """What checking a quotation's words has shown."""

    VERIFIED = "verified"
    CHANGED = "changed"
    ORPHANED = "orphaned"


class Verdict(NamedTuple):
    """What was checked, and how it stands.

    `problems` says in words what of the stored evidence does not agree. `current` is the article's
    current version where the quotation is of a former one, and `found` what became of it there:
    None if only the text was looked at, which of very long articles is all. `old` and `new` are the
    two wordings, cut where they differ, where they do.
    """

    state: State
    problems: tuple[str, ...] = ()
    current: ArticleVersion | None = None
    found: Compared | None = None
    old: tuple[wording.Piece, ...] = ()
    new: tuple[wording.Piece, ...] = ()

    @property
    def instead(self) -> Quotation | None:
        """Return the quotation that the current version has in this one's place."""
        return self.found.new if self.found else None

    @property
    def means(self) -> list[str]:
        """Return in words how the wording differs, a number or a negation before all else."""
        kinds = self.found.differences if self.found else ()
        return [DIFFERENCES[kind] for kind in kinds if kind not in _NO_WORDING]

    @property
    def other_speaker(self) -> bool:
        """Say whether the current version gives the words to another speaker."""
        return self.found is not None and SPEAKER in self.found.differences

    @property
    def said_otherwise(self) -> bool:
        """Say whether the current version differs in whether it reports the words as said."""
        return self.found is not None and FACTUALITY in self.found.differences


def citable(quotation: Quotation, verdict: Verdict) -> CitableQuotation:
    """Return what a citation needs; if the words no longer stand, its doubt says so first."""
    return _with_doubt(quotation.citable(), verdict)


def citables(rows: Sequence[Quotation]) -> list[CitableQuotation]:
    """Return the same for several, in order; their stored evidence is not looked at again."""
    since = in_currents(rows)
    made = (row.citable() for row in rows)
    return [
        _with_doubt(c, since[row.pk]) if row.pk in since else c
        for row, c in zip(rows, made, strict=True)
    ]


def _with_doubt(c: CitableQuotation, verdict: Verdict) -> CitableQuotation:
    changed = _doubt(verdict)
    return c.model_copy(update={"doubt": "; ".join(filter(None, (changed, c.doubt)))})


def _doubt(verdict: Verdict) -> str:
    if verdict.problems:
        return "the words do not agree with the stored text"
    since = "the article has changed since, and "
    if verdict.state is State.CHANGED:
        return f"{since}has other words there"
    if verdict.state is State.ORPHANED:
        return f"{since}no longer has these words"
    if verdict.other_speaker:
        return f"{since}gives the words to another speaker"
    return f"{since}reports them otherwise" if verdict.said_otherwise else ""


def stored_text(quotation: Quotation) -> str | None:
    """Return the text that the quotation is of; None if it is missing from the database."""
    try:
        return quotation.version.text.content
    except CanonicalText.DoesNotExist:
        return None


def evidence_problems(quotation: Quotation) -> tuple[str, ...]:
    """Return what of the stored words does not agree with the stored text; () if all is well."""
    if stored_text(quotation) is None:
        return (MISSING,)
    return tuple(quotation.mismatches())


def verify(
    quotation: Quotation,
    user: AbstractBaseUser | AnonymousUser,
    *,
    compared_most: int = PAGES.verified_among,
) -> Verdict:
    """Return how the words of `quotation` stand now. Wants `for_page` before it.

    No query for a quotation of a current version. Of a former one, the current version's
    quotations are compared if both have at most `compared_most`; else its text is looked at only.
    """
    problems = evidence_problems(quotation)
    if problems == (MISSING,):
        return Verdict(State.ORPHANED, problems)
    current = None if quotation.version.is_current else _current(quotation, user)
    if problems:
        return Verdict(State.ORPHANED, problems, current)
    if current is None:
        return Verdict(State.VERIFIED)
    return _in_current(quotation, current, user, compared_most)


def _current(quotation: Quotation, user: AbstractBaseUser | AnonymousUser) -> ArticleVersion | None:
    mine = ArticleVersion.objects.visible_to(user).current()
    rows = mine.filter(article=quotation.version.article_id).select_related("article", "text")
    return rows.first()


def _in_current(
    quotation: Quotation,
    current: ArticleVersion,
    user: AbstractBaseUser | AnonymousUser,
    compared_most: int,
) -> Verdict:
    visible = Quotation.objects.visible_to(user)
    pair = visible.filter(version__in=[quotation.version_id, current.pk]).order_by()
    found = None
    if pair[: compared_most + 1].count() <= compared_most:
        found = versions.in_current(quotation, current, visible)
    return _judged(quotation, current, found, lambda: wording.fold(current.text.content))


def _judged(
    quotation: Quotation,
    current: ArticleVersion,
    found: Compared | None,
    folded: Callable[[], str],
) -> Verdict:
    """Return how words stand in the current version; `folded` gives its text if it is wanted."""
    if found and found.new and set(found.differences) - _NO_WORDING:
        old, new = wording.sides(quotation.content, found.new.content)
        return Verdict(State.CHANGED, (), current, found, tuple(old), tuple(new))
    stands = found is not None and found.fate is not Fate.VANISHED
    if stands or stand_in([span.exact for span in quotation.spans_of("content")], folded()):
        return Verdict(State.VERIFIED, (), current, found)
    return Verdict(State.ORPHANED, (), current, found)


def in_currents(rows: Sequence[Quotation]) -> dict[int, Verdict]:
    """Return, by key, how quotations of former versions stand in their articles' current ones.

    Wants their versions. No query if all are of current versions; else one for those versions and
    one for the quotations, and two more if any of them is not among the quotations any more.
    """
    current = versions.current_of(rows)
    former = [
        row for row in rows if not row.version.is_current and row.version.article_id in current
    ]
    found = _compared(former, current)
    lost = [row for row in former if found[row.pk].fate is Fate.VANISHED]
    prefetch_related_objects(lost, "spans")
    keys = {current[row.version.article_id].text_id for row in lost}
    texts = {
        text.pk: wording.fold(text.content) for text in CanonicalText.objects.filter(pk__in=keys)
    }
    verdicts: dict[int, Verdict] = {}
    for row in former:
        now = current[row.version.article_id]
        verdicts[row.pk] = _judged(row, now, found[row.pk], partial(texts.__getitem__, now.text_id))
    return verdicts


def _compared(
    former: Sequence[Quotation], current: Mapping[int, ArticleVersion]
) -> dict[int, Compared]:
    """Return, by key, what became of each; of what its version does not show, that it vanished."""
    found = {row.pk: Compared(Fate.VANISHED, row, None) for row in former}
    of = {row.version_id: row.version for row in former}
    pairs = [(version, current[version.article_id]) for version in of.values()]
    for compared in versions.compare_each(pairs, Quotation.objects.all()) if pairs else ():
        found.update({one.old.pk: one for one in compared if one.old and one.old.pk in found})
    return found


def words_stand(pieces: Iterable[str], text: str) -> bool:
    """Say whether all `pieces` stand in `text`, in their order, as whole words.

    Styles of marks, white space and the marks around a piece do not count.
    """
    return stand_in(pieces, wording.fold(text))


def stand_in(pieces: Iterable[str], folded: str) -> bool:
    """Say the same of a text that is folded already, as many are looked for in it."""
    at = 0
    for piece in pieces:
        words = bare(piece)
        if not words:
            continue
        found = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)").search(folded, at)
        if found is None:
            return False
        at = found.end()
    return True


def bare(words: str) -> str:
    """Return words folded, without the marks and white space around them."""
    return _EDGES.sub("", wording.fold(words))
