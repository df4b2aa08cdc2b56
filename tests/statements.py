"""A statement that articles report in several ways, stored by hand: not by what compares them."""

from datetime import UTC, date, datetime
from typing import Any

from quotes import store
from quotes.models import ExtractionRun, Quotation, Report, Statement
from quotes.nlp.document import Document, Kind
from tests import builders

WALL = "“will help preserve the remainder of the overall 2,500-metre wall,”"
PART = "“will help preserve”"
TURNED = "“will not help preserve the remainder of the overall 25,000-metre wall,”"
LOOSE = "the breach would preserve most of the wall"
# Long enough to be recognised as one text of an agency.
FILLER = (
    " The breach came after eleven days of fighting at the edge of the old city. Officials told "
    "reporters in the morning that no aircraft had been lost, that the gate stood as before, and "
    "that families were leaving by the northern road while engineers cleared mines from the fields "
    "behind the ruined school, the mosque, the bakery and the long market street."
)


def tell(run: ExtractionRun, number: int, outlet: str, words: str, **fields: Any) -> Quotation:
    """Store an article in which US Central Command says `words`; return the quotation.

    `day` and `at` are of publication; `filler` makes articles copies of one text; `lead` goes
    before it all, `cue` and `kind` are the quotation's.
    """
    cue, kind = fields.pop("cue", "said"), fields.pop("kind", Kind.DIRECT)
    lead, filler = fields.pop("lead", ""), fields.pop("filler", "")
    text = f"{lead}The breach {words} US Central Command {cue}.{filler}"
    found = builders.quotation(
        text, words, cue=cue, speaker=fields.pop("speaker", builders.COMMAND), kind=kind,
        confidence=0.95, speaker_confidence=0.92,
    )  # fmt: skip
    read = builders.source(
        text,
        origin=f"{number}.txt",
        title=f"Wall breached, report {number}",
        outlet=outlet,
        url=f"https://example.org/{number}",
        published_on=fields.pop("day", None),
        published_at=fields.pop("at", None),
    )
    document = Document(text=text, quotations=(found,))
    return store.record(read, document, run).version.quotations.get()


def wall(run: ExtractionRun) -> Statement:
    """Store a statement of seven reports.

    Three articles carry one text of an agency: one at 08:00, one at 09:30, one with a day only.
    One has a part, the next day; one turns the words; one has no date and no outlet. A seventh
    only may report it, and is the earliest.
    """
    third = datetime(2026, 10, 3, 8, 0, tzinfo=UTC)
    rows = [
        tell(run, 1, "Morning Wire", WALL, at=third, day="2026-10-03", filler=FILLER),
        tell(run, 2, "Evening Post", WALL, at=third.replace(hour=9, minute=30), day="2026-10-03",
             lead="Raqqa: ", filler=FILLER),
        tell(run, 3, "The Observer", WALL, day="2026-10-03", lead="Today. ", filler=FILLER),
        tell(run, 4, "Harbour Post", PART, at=datetime(2026, 10, 4, 6, 15, tzinfo=UTC),
             day="2026-10-04", cue="claimed", kind=Kind.MIXED),
        tell(run, 5, "National Courier", TURNED, day="2026-10-05", cue="insisted"),
        tell(run, 6, "", "“will help preserve the remainder of the wall,”"),
    ]  # fmt: skip
    maybe = tell(run, 7, "Morning Gazette", LOOSE, kind=Kind.INDIRECT, day="2026-10-02",
                 at=datetime(2026, 10, 2, 22, 0, tzinfo=UTC))  # fmt: skip
    return together(rows, [maybe], uid="st0001wa11")


def together(
    rows: list[Quotation], maybe: list[Quotation] | None = None, *, uid: str, **fields: Any
) -> Statement:
    """Make a statement of quotations, the first of which stands for it, in place of any other."""
    possible = maybe or []
    Statement.objects.filter(reports__quotation__in=[*rows, *possible]).delete()
    articles = {row.version.article_id: row.version.article.outlet_id for row in rows}
    known = [outlet for outlet in articles.values() if outlet is not None]
    statement = Statement.objects.create(
        uid=uid,
        representative=rows[0],
        speaker=rows[0].speaker,
        **{
            "reports_count": len(rows) + len(possible),
            "possible_count": len(possible),
            "articles_count": len(articles),
            "outlets_count": len(set(known)),
            "without_outlet_count": len(articles) - len(known),
            "sources_count": len(articles),
            "first_on": date(2026, 10, 2),
            "last_on": date(2026, 10, 5),
            **fields,
        },
    )
    for row in rows:
        relation = Report.Relation.FIRST if row is rows[0] else Report.Relation.NEAR
        Report.objects.create(
            statement=statement, quotation=row, relation=relation, similarity=0.9, matched=rows[0]
        )
    for row in possible:
        Report.objects.create(
            statement=statement, quotation=row, relation=Report.Relation.POSSIBLE, similarity=0.5
        )
    return statement


def named(outlet: str) -> Quotation:
    """Return the quotation that an outlet reports."""
    return Quotation.objects.get(version__article__outlet__name=outlet)


def run_of_tests() -> ExtractionRun:
    """Return a stored run."""
    return store.open_run(builders.provenance())
