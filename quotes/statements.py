"""Statements: the utterances that several quotations report. The only writer of their tables.

`place` belongs at the end of whatever stores or changes quotations, in its transaction; what it
has compared already and is as it was costs two queries. What comparing fails on is stored all the
same, and known (quotes/statement_failures.py). Why, and what is the same utterance:
docs/decisions/0027-statements.md.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from quotes import (
    statement_counts,
    statement_marks,
    statement_writing,
    tasks,
)
from quotes.chunks import chunks
from quotes.models import (
    ArticleVersion,
    Fingerprint,
    Quotation,
    Report,
    SameStatement,
    Statement,
    WordingState,
)
from quotes.nlp.document import Kind
from quotes.params import VARIANTS, VariantParams
from quotes.refusals import InputError
from quotes.statement_counts import refresh
from quotes.statement_placing import Placing
from quotes.statement_wordings import load, shown
from quotes.variants import Wording, digests, likeness_of_words

__all__ = [
    "candidates",
    "count_all",
    "decide",
    "follow",
    "forget_all",
    "is_waiting",
    "mend",
    "place",
    "place_all",
    "place_quotations",
    "place_waiting",
    "refresh",
    "statement_of",
    "undo",
]

logger = logging.getLogger(__name__)

# No quotation is to blame for these: a full disk, a lost database. Whoever stores has to know.
_OF_THE_MACHINE = (OperationalError, InterfaceError, OSError, MemoryError)
COMMENT_CHARS = 1000
_PROBLEM_CHARS = 300
_READ_FOR_ONE = 8
_AT_ONCE = 400
_MARKS_SOUGHT = 800


def place(version: ArticleVersion) -> None:
    """Compare what is new or different in the article of `version`, and put it where it belongs.

    Wants the transaction that changed the quotations, at its end. Former versions' quotations
    leave their statements.
    """
    own = Quotation.objects.filter(version__article=version.article_id)
    concerned = own.filter(Q(version__is_current=True) | Q(wording_state__isnull=False))
    place_quotations(concerned.order_by().values_list("pk", flat=True))
    if not version.is_current:
        # By it the article's outlet may have become known, which is counted.
        reports = Report.objects.filter(quotation__version__article=version.article_id)
        refresh(reports.order_by().values_list("statement", flat=True))


def place_quotations(keys: Iterable[int], *, anew: bool = False) -> int:
    """Compare those of these quotations that are new, or not as they were; return how many.

    `anew` those that are as they were too. What is not shown any more leaves its statement. Wants
    a transaction. More than `placed_at_once` are left to the task that compares later. What
    comparing fails on is set aside and logged; all others are placed.
    """
    wanted = sorted(set(keys))
    if len(wanted) > VARIANTS.placed_at_once:
        _compare_later(wanted)
        return 0
    placed, todo, failed = 0, [wanted], dict[int, Exception]()
    while todo:
        some = todo.pop()
        try:
            with transaction.atomic():
                placed += _place(some, anew=anew)
        except _OF_THE_MACHINE:
            raise
        except Exception as error:  # one quotation's words can break in ways of their own
            if len(some) == 1 or len(failed) >= VARIANTS.failures_sought:
                logger.exception("not compared quotations=%s", some)
                failed |= dict.fromkeys(some, error)
            else:
                middle = len(some) // 2
                todo += [some[middle:], some[:middle]]
    _set_aside(failed)
    return placed


def _place(wanted: list[int], *, anew: bool) -> int:
    """Compare these quotations, all or none of them; return how many there was to compare."""
    states: dict[int, str] = {}
    for chunk in chunks(wanted):
        rows = WordingState.objects.filter(quotation__in=chunk).order_by()
        states |= dict(rows.values_list("quotation_id", "fingerprint"))
    known = load(wanted)
    prints = {pk: one.fingerprint for pk, one in known.items()}
    changed = {pk for pk in known if anew or states.get(pk) != prints[pk]}
    gone = states.keys() - known.keys()
    if not changed and not gone:
        return 0
    statement_writing.lock()
    moved = {pk for pk in changed if states.get(pk) != prints[pk]}
    statement_marks.drop((moved & states.keys()) | gone)
    statement_marks.keep(known[pk] for pk in sorted(moved))
    touched, others = _take_out(gone)
    placing = Placing(known)
    placing.run(changed, others)
    touched |= statement_writing.write(placing)
    refresh(touched | statement_writing.drop_single(touched))
    statement_writing.note({pk: prints[pk] for pk in sorted(changed)})
    _compare_later(placing.left)
    return len(changed) + len(gone)


def _set_aside(failed: Mapping[int, Exception]) -> None:
    """Take what comparing failed on out of its statements, and note why; place who followed it."""
    if not failed:
        return
    followers = set[int]()
    try:
        with transaction.atomic():
            statement_marks.drop(failed)
            touched, followers = _take_out(failed)
            # They are placed anew, and not led back by what is known of them.
            Report.objects.filter(quotation__in=followers).delete()
            refresh(touched | statement_writing.drop_single(touched))
    except _OF_THE_MACHINE:
        raise
    except Exception:  # the article is worth more than its statements
        logger.exception("not taken out quotations=%s", sorted(failed))
    stored = Quotation.objects.filter(pk__in=failed).order_by("pk")
    problems = {pk: _told(failed[pk]) for pk in stored.values_list("pk", flat=True)}
    statement_writing.note(dict.fromkeys(problems, ""), problems)
    place_quotations(followers, anew=True)


def _told(error: Exception) -> str:
    """Return an error in a line that a database takes, with its kind."""
    words = f"{type(error).__name__}: {error}".encode(errors="replace").decode()
    return " ".join(words.replace("\0", "").split())[:_PROBLEM_CHARS]


def _take_out(keys: Collection[int]) -> tuple[set[int], set[int]]:
    """Take quotations out of their statements; return those statements, and who followed them."""
    touched, followers = set[int](), set[int]()
    for chunk in chunks(sorted(keys)):
        WordingState.objects.filter(quotation__in=chunk).delete()
        own = Report.objects.filter(quotation__in=chunk)
        touched.update(own.order_by().values_list("statement", flat=True))
        held = Report.objects.filter(matched__in=chunk).order_by()
        followers.update(held.values_list("quotation", flat=True))
        own.delete()
    return touched, followers - set(keys)


def follow(keys: Iterable[int]) -> None:
    """Let statements follow what people have decided on these quotations, in its transaction.

    Words and speakers are compared again, and what was reviewed may stand for a statement.
    """
    wanted = sorted(set(keys))
    place_quotations(wanted)
    touched: set[int] = set()
    for chunk in chunks(wanted):
        own = Report.objects.filter(quotation__in=chunk).order_by()
        touched.update(own.values_list("statement", flat=True))
    refresh(touched)


def mend(touched: Iterable[int], followers: Iterable[int]) -> None:
    """Place quotations anew that followed one which is gone; count its statements anew.

    Both are keys.
    """
    left = Quotation.objects.filter(pk__in=sorted(followers)).order_by()
    place_quotations(left.values_list("pk", flat=True), anew=True)
    refresh(set(touched) | statement_writing.drop_single(touched))


def is_waiting() -> bool:
    """Say whether there are quotations that were left to be compared later."""
    return _waiting().exists()


def _waiting() -> QuerySet[WordingState]:
    """Return what was left to the task; what failed waits for people, not for the task."""
    return WordingState.objects.filter(fingerprint="", problem="").order_by("pk")


def place_waiting() -> int:
    """Compare the quotations that were left, a few hundred at a time; return how many."""
    compared = 0
    while True:
        with transaction.atomic():
            statement_writing.lock()
            keys = list(_waiting().values_list("quotation", flat=True)[:_AT_ONCE])
            if not keys:
                return compared
            compared += place_quotations(keys)


def _compare_later(keys: Iterable[int]) -> None:
    """Leave quotations to the task that compares what waits."""
    wanted = sorted(keys)
    if wanted:
        statement_writing.note(dict.fromkeys(wanted, ""))
        tasks.later("statements")


# --- reading


def statement_of(quotation: Quotation) -> Statement | None:
    """Return the statement that a quotation reports; None if no other reports it."""
    return Statement.objects.filter(reports__quotation=quotation).first()


def candidates(
    text: str,
    *,
    speaker: int | None = None,
    day: date | None = None,
    limit: int,
    params: VariantParams = VARIANTS,
) -> list[int]:
    """Return the keys of stored quotations that may have these words, likeliest first.

    They share a run of words with `text`, or are of the speaker (a key) on a day near `day`.
    Likeliest are those that have most of the words. Three queries for a text of a paragraph.
    """
    # Of a text of thousands of words some: they are numbers of no order, so the first will do.
    marks = digests(text, every=True, params=params)[:_MARKS_SOUGHT]
    sharing = statement_marks.find(marks, params.mark_quotations)
    counts = Counter(key for keys in sharing.values() for key in keys)
    if speaker is not None:
        told = {0: Wording(text, Kind.DIRECT, speaker, day)}
        counts.update(statement_marks.of_speakers(told, params=params)[0])
    best = [key for key, _ in counts.most_common(_READ_FOR_ONE * limit)]
    rows = shown().filter(pk__in=best).order_by().values_list("pk", "content")
    likeness = {pk: likeness_of_words(text, content) for pk, content in rows}
    found = [pk for pk in likeness if likeness[pk]]
    return sorted(found, key=lambda pk: (-likeness[pk], -counts[pk], pk))[:limit]


# --- what people decide


@transaction.atomic
def decide(
    one: Quotation, other: Quotation, *, is_same: bool, by: User | None, comment: str = ""
) -> SameStatement:
    """Decide that two quotations report one utterance, or do not; return that.

    What was decided of the two before is undone by it. Raises InputError for a quotation and
    itself, for one that is not shown or not said, and for too long a comment.
    """
    comment = " ".join(comment.split())
    if one.pk == other.pk:
        raise InputError("a quotation and itself are not two", "choose another quotation")
    if len(comment) > COMMENT_CHARS:
        raise InputError(f"the comment has {len(comment)} characters", f"say it in {COMMENT_CHARS}")
    both = sorted((one.pk, other.pk))
    if shown().filter(pk__in=both).count() < len(both):
        raise InputError(
            "one of the two is not shown any more, or its article does not report it as said",
            "choose current quotations of current articles that were said",
        )
    statement_writing.lock()
    standing = SameStatement.objects.filter(one=both[0], other=both[1], undone_at=None)
    earlier = standing.first()
    if earlier and earlier.is_same == is_same:
        return earlier
    standing.update(undone_at=timezone.now(), undone_by=by)
    decision = SameStatement.objects.create(
        one_id=both[0], other_id=both[1], is_same=is_same, by=by, comment=comment
    )
    place_quotations(both, anew=True)
    return decision


@transaction.atomic
def undo(decision: SameStatement, *, by: User | None) -> None:
    """Undo a decision, if nobody has; the two are put where comparing puts them."""
    statement_writing.lock()
    standing = SameStatement.objects.filter(pk=decision.pk, undone_at=None)
    if standing.update(undone_at=timezone.now(), undone_by=by):
        place_quotations([decision.one_id, decision.other_id], anew=True)


# --- all of them


def count_all() -> int:
    """Return how many quotations `place_all` goes through."""
    return Quotation.objects.count()


def place_all() -> Iterator[tuple[int, int]]:
    """Compare all that has not been compared as it is, in the order in which it was stored.

    A transaction for each few hundred quotations, so that it can be stopped at any time and goes
    on where it was. Yields after each how many were gone through, and how many were compared.
    """
    last = 0
    while True:
        after = Quotation.objects.filter(pk__gt=last).order_by("pk")
        keys = list(after.values_list("pk", flat=True)[:_AT_ONCE])
        if not keys:
            return
        with transaction.atomic():
            placed = place_quotations(keys)
        yield len(keys), placed
        last = keys[-1]


@transaction.atomic
def forget_all() -> None:
    """Forget what has been compared, and empty all statements; they keep their addresses.

    What people have decided stays.
    """
    statement_writing.lock()
    Report.objects.all().delete()
    Fingerprint.objects.all().delete()
    WordingState.objects.all().delete()
    Statement.objects.filter(reports_count__gt=0).update(
        **dict.fromkeys(statement_counts.COLUMNS[2:8], 0),
        **dict.fromkeys(("representative", "speaker", "first_on", "last_on")),
        has_warnings=False,
    )
