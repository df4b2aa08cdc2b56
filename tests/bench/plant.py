"""Put the largest things that a page may have to show into a corpus: `python -m tests.bench.plant`.

The most quoted speaker of a synthetic million has 3,000 quotations, its articles 4,000 characters,
and none of its quotations share a statement. This adds to the database that TRACKER_DATABASE_URL
names (one of `python -m tests.bench.corpus`): speakers with 10,000 and 100,000 quotations, called
by several names and described in a hundred ways, with why each article's name is theirs; an article
of a million characters; statements, one of them with 1,200 reports that are nothing like each
other. The speakers' quotations had no speaker before, so that nobody else's counts change.
Deterministic, and to be run once. Addresses are in `LARGE`.
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from tests.bench.corpus import SEED, Corpus, invented

LARGE = {
    "speaker_10000": "ona-bacaridu-10000",
    "speaker_100000": "mara-hodunige-100000",
    "article": "benchlarge01",
    "statement": "benchlarge02",
}
SPEAKERS = (
    ("Ona Bacaridu", LARGE["speaker_10000"], 10_000),
    ("Mara Hodunige", LARGE["speaker_100000"], 100_000),
)
ROLES, CHARS, UNLIKE, STATEMENTS = 100, 1_000_000, 1_200, 5_000
_BATCH = 5_000
_NUMBER = 10_000_000  # of an article: none of the corpus has it
_CALLED = """
    UPDATE quotes_quotation SET speaker_id = %s, speaker_name = %s, speaker_role = %s,
    speaker_kind = 'person' WHERE id = %s
"""


def plant() -> dict[str, float]:
    """Plant all of it; return the seconds that each part took."""
    from quotes.models import Speaker

    if Speaker.objects.filter(slug=SPEAKERS[0][1]).exists():
        raise SystemExit("it is planted already")
    took: dict[str, float] = {}
    chance = random.Random(SEED)  # noqa: S311  no secret
    for do in (_article, _statements, _speakers):
        start = time.monotonic()
        do(chance)
        took[do.__name__.strip("_")] = round(time.monotonic() - start, 1)
        sys.stderr.write(f"{do.__name__}: {took[do.__name__.strip('_')]} s\n")
    return took


def _speakers(chance: random.Random) -> None:
    from quotes import speaker_counts
    from quotes.models import Quotation, Speaker, SpeakerName

    free = Quotation.objects.current().speech().filter(speaker=None)
    keys = list(free.order_by("pk").values_list("pk", flat=True))
    chance.shuffle(keys)
    left = iter(keys)
    for name, slug, number in SPEAKERS:
        row = Speaker.objects.create(name=name, slug=slug, kind="person")
        forms = [name, f"Ms {name.split()[1]}", f"{name[0]}. {name.split()[1]}", name.split()[1]]
        SpeakerName.objects.bulk_create(
            SpeakerName(speaker=row, name=form, key=form.lower(), reason="corpus") for form in forms
        )
        _call(row, forms, list(islice(left, number)), chance)
        speaker_counts.refresh([row.pk])


def _call(row: Any, forms: Sequence[str], keys: Sequence[int], chance: random.Random) -> None:
    """Have the quotations with these keys be those of `row`, in several names and many roles."""
    from django.db import connection, transaction

    from quotes.models import SpeakerLink

    roles = ["", *(f"the {invented(900 + i)} of {invented(400 + i)}" for i in range(ROLES))]
    by_role = [1 / (place + 1) for place in range(len(roles))]
    links: dict[int, SpeakerLink] = {}
    for batch in _batches(_in_order(keys)):
        names = chance.choices(forms, (8, 5, 1, 2), k=len(batch))
        described = chance.choices(roles, by_role, k=len(batch))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                _CALLED,
                [
                    (row.pk, name, role, key)
                    for (key, _), name, role in zip(batch, names, described, strict=True)
                ],
            )
        for (_, article), name in zip(batch, names, strict=True):
            links.setdefault(
                article,
                SpeakerLink(
                    article_id=article, speaker=row, name=name, key=name.lower(),
                    reason="same name", score=round(chance.uniform(0.4, 1), 3),
                ),
            )  # fmt: skip
    SpeakerLink.objects.bulk_create(links.values(), batch_size=_BATCH, ignore_conflicts=True)


def _in_order(keys: Sequence[int]) -> list[tuple[int, int]]:
    """Return (quotation, its article) in the order of the search's index.

    FTS5 writes a new segment whenever a row comes before the last one.
    """
    from quotes.models import Quotation

    found: list[tuple[Any, int, int]] = []
    for batch in _batches(keys):
        rows = Quotation.objects.filter(pk__in=batch).order_by()
        found += rows.values_list("version__dated", "pk", "version__article_id")
    return [(pk, article) for _, pk, article in sorted(found)]


def _batches(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[low : low + _BATCH] for low in range(0, len(rows), _BATCH))


def _article(_chance: random.Random) -> None:
    from django.db import transaction
    from django.utils import timezone

    from quotes import addresses, models
    from tests.bench.corpus import Batch

    corpus = Corpus(SEED + 1)
    run = models.ExtractionRun.objects.latest("pk")
    outlets = list(models.Outlet.objects.order_by("pk")[:80])
    # In the corpus's order: the first ones are those quoted most.
    speakers = list(models.Speaker.objects.order_by("pk")[: len(corpus.names)])
    batch = Batch(corpus, run, outlets, speakers, addresses.short_uid, timezone.now())
    batch.article(_NUMBER, chars=CHARS)
    batch.articles[-1].uid = LARGE["article"]
    with transaction.atomic():
        batch.store(spans=True)


def _statements(chance: random.Random) -> None:
    from django.db import transaction

    from quotes import statement_counts
    from quotes.models import Quotation, Report, Statement

    current = Quotation.objects.current().speech().filter(report=None)
    keys = list(current.order_by("pk").values_list("pk", flat=True))
    chance.shuffle(keys)
    sizes = [UNLIKE, *(chance.choice((2, 2, 2, 3, 5)) for _ in range(STATEMENTS))]
    uids = [LARGE["statement"], *(f"bs{number}" for number in range(STATEMENTS))]
    left = iter(keys)
    for low in range(0, len(uids), _BATCH):
        with transaction.atomic():
            made = Statement.objects.bulk_create(
                Statement(uid=uid) for uid in uids[low : low + _BATCH]
            )
            reports = []
            for row, size in zip(made, sizes[low : low + _BATCH], strict=True):
                of = list(islice(left, size))
                reports += [
                    Report(
                        statement=row, quotation_id=key, matched_id=of[0] if place else None,
                        relation="near" if place else "first", similarity=0.9 if place else 1,
                    )
                    for place, key in enumerate(of)
                ]  # fmt: skip
            Report.objects.bulk_create(reports)
            statement_counts.refresh(row.pk for row in made)


def main() -> None:
    """Plant, and print what it took as JSON."""
    if not os.environ.get("TRACKER_DATABASE_URL"):
        raise SystemExit("name a corpus's database in TRACKER_DATABASE_URL: yours is not touched")
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    sys.stdout.write(json.dumps(plant()) + "\n")


if __name__ == "__main__":
    main()
