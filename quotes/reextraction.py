"""Stored articles through the configured extractor again: which, in what order, in which run.

A run that was stopped is gone on with: what it has stored is not pending any more. What runs did
and changed is told by quotes/run_reports.py. Why: docs/decisions/0016-re-extraction.md.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError, transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from pydantic import BaseModel, ConfigDict

from quotes import run_reports, store
from quotes.chunks import chunks
from quotes.extraction import extract_groups, in_groups, with_quotations_only
from quotes.ingest import clip
from quotes.models import (
    Article,
    ArticleVersion,
    CanonicalText,
    Extraction,
    ExtractionRun,
    Outlet,
)
from quotes.nlp.document import Document, Provenance

logger = logging.getLogger(__name__)

_PROBLEM_CHARS = 300
_NAMED = 5


class SelectionError(ValueError):
    """What was asked for is not stored; names it, and the remedy."""


class Selection(BaseModel):
    """Which stored articles: of these outlets (names or slugs), of these uids, from a day on.

    What is not given leaves nothing out. Current versions; with `all_versions` earlier ones too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outlets: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    since: date | None = None
    all_versions: bool = False

    def versions(self) -> QuerySet[ArticleVersion]:
        """Return the versions chosen; SelectionError for an outlet or article that is unknown."""
        rows = ArticleVersion.objects.all()
        if not self.all_versions:
            rows = rows.current()
        if self.outlets:
            rows = rows.filter(article__outlet__in=[_outlet(name) for name in self.outlets])
        if self.articles:
            rows = rows.filter(article__in=_articles(self.articles))
        return rows.filter(published_on__gte=self.since) if self.since else rows


def _outlet(name: str) -> Outlet:
    found = Outlet.objects.filter(Q(slug=name) | Q(name__iexact=name)).first()
    if found is None:
        near = Outlet.objects.filter(name__icontains=name).values_list("name", flat=True)[:_NAMED]
        hint = f"; there is {', '.join(near)}" if near else ""
        raise SelectionError(
            f"no outlet named {name!r} is stored; give its name or slug as articles show it{hint}"
        )
    return found


def _articles(uids: Sequence[str]) -> list[int]:
    known = dict(Article.objects.filter(uid__in=uids).values_list("uid", "pk"))
    if missing := [uid for uid in uids if uid not in known]:
        more = "…" if len(missing) > _NAMED else ""
        raise SelectionError(
            f"no article with the uid {', '.join(missing[:_NAMED])}{more} is stored; a uid is the"
            " last part of an article's address"
        )
    return list(known.values())


def pending(selection: Selection, fingerprint: str) -> QuerySet[ArticleVersion]:
    """Return what is chosen and was last read by another extractor than that of `fingerprint`.

    The newest first. Raises SelectionError as `Selection.versions` does.
    """
    latest = Extraction.objects.filter(version=OuterRef("pk")).order_by("-pk")
    last = Subquery(latest.values("run__fingerprint")[:1])
    rows = selection.versions().annotate(last=last)
    return rows.filter(~Q(last=fingerprint) | Q(last=None)).order_by("-pk")


# --- a run


class Item(NamedTuple):
    """An article version to be read again, without its text."""

    version: int
    text: str
    length_chars: int
    article: str
    number: int

    def __str__(self) -> str:
        return f"article {self.article} (version {self.number})"


class Outcome(NamedTuple):
    """What became of an item: the changes told of it, or the problem that left it as it was."""

    item: Item
    changes: Sequence[dict[str, Any]] = ()
    problem: str = ""


Keep = Callable[[ArticleVersion, Document], Sequence[dict[str, Any]]]


def stopped_run(provenance: Provenance, selection: Selection) -> ExtractionRun | None:
    """Return the unfinished run of this extractor over this selection, None if there is none."""
    asked = selection.model_dump(mode="json")
    runs = _unfinished().filter(fingerprint=provenance.fingerprint)
    return next((run for run in runs if run.selection == asked), None)


def _unfinished() -> QuerySet[ExtractionRun]:
    return ExtractionRun.objects.filter(finished_at=None, planned__isnull=False)


def start(provenance: Provenance, selection: Selection, count: int) -> ExtractionRun:
    """Return the run in which to read `count` pending versions: the one that was stopped, or new.

    Wants the lock of quotes/run_lock.py, so that no unfinished run is at work: others than that
    which is gone on with are closed, at the time when they last stored something.
    """
    run = stopped_run(provenance, selection) or store.open_run(provenance)
    for other in _unfinished().exclude(pk=run.pk):
        last = other.extractions.aggregate(at=Max("created_at"))["at"]
        other.finished_at = last or other.started_at
        other.save(update_fields=["finished_at"])
    run.selection, run.problems = selection.model_dump(mode="json"), []
    run.planned = run.extractions.count() + count
    run.save(update_fields=["selection", "problems", "planned"])
    return run


def finish(run: ExtractionRun, failed: int) -> None:
    """Close `run`, in which `failed` versions could not be processed.

    What another process has read meanwhile was never its to read.
    """
    run.planned = run.extractions.count() + failed
    run.save(update_fields=["planned"])
    store.close_run(run)


def items(versions: Sequence[int]) -> Iterator[Item]:
    """Yield the article versions of these keys, in order, loading few at a time."""
    for keys in chunks(versions):
        rows = ArticleVersion.objects.filter(pk__in=keys).values_list(
            "pk", "text_id", "text__length_chars", "article__uid", "number"
        )
        known = {row[0]: Item(*row) for row in rows}
        yield from (known[key] for key in keys if key in known)


def read_again(chosen: Iterable[Item], keep: Keep, *, workers: int = 1) -> Iterator[Outcome]:
    """Yield what becomes of each item, in order, once `keep` has kept what was extracted of it.

    A text that cannot be processed, or not be stored, has a problem and stops no other. Models
    that cannot be loaded concern every text: that error is raised.
    """
    groups = in_groups(chosen, lambda item: item.length_chars, workers=workers)
    found = extract_groups(groups, _texts, with_quotations_only, workers=workers)
    for group, docs in found:
        for item, doc in zip(group, docs, strict=True):
            yield _outcome(item, doc, keep)


def _texts(group: Sequence[Item]) -> list[str]:
    texts = CanonicalText.objects.in_bulk([item.text for item in group])
    return [texts[item.text].content if item.text in texts else "" for item in group]


def _outcome(item: Item, doc: Document | Exception, keep: Keep) -> Outcome:
    if isinstance(doc, Exception):
        return Outcome(item, problem=f"could not be processed ({doc})")
    try:
        version = ArticleVersion.objects.select_related("article").get(pk=item.version)
        return Outcome(item, keep(version, doc))
    except ObjectDoesNotExist:
        return Outcome(item, problem="has been deleted meanwhile")
    except (ValueError, IntegrityError, DataError) as error:
        return Outcome(item, problem=f"could not be stored ({error})")


def stored_in(run: ExtractionRun) -> Keep:
    """Return what keeps an extraction for good, in `run`."""

    def keep(version: ArticleVersion, doc: Document) -> Sequence[dict[str, Any]]:
        store.record_again(version, doc, run)
        return ()

    return keep


def previewed(provenance: Provenance) -> Keep:
    """Return what tells the changes of an extraction and stores nothing: all is rolled back."""

    def keep(version: ArticleVersion, doc: Document) -> Sequence[dict[str, Any]]:
        with transaction.atomic():
            extraction = store.record_again(version, doc, store.open_run(provenance))
            changes = list(run_reports.rows_of(extraction.changes.all()))
            transaction.set_rollback(True)
        return changes

    return keep


def note_problem(run: ExtractionRun, outcome: Outcome) -> None:
    """Note in `run` that an article version could not be processed; the first are kept."""
    if len(run.problems) < run_reports.PROBLEMS_KEPT:
        run.problems.append(
            {
                "article": outcome.item.article,
                "version": outcome.item.number,
                "problem": clip(outcome.problem, _PROBLEM_CHARS),
            }
        )
        run.save(update_fields=["problems"])
