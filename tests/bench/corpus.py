"""A tracker of synthetic but realistic quotations: `python -m tests.bench.corpus --help`.

Deterministic: the same seed gives the same rows. What is realistic, because search depends on it:
words, speakers and outlets follow Zipf's law (news words first, then invented ones, 60,000 in
all); quotations are 22 words long in the middle and log-normal; some twenty an article, each in a
sentence of the article's text, with spans that the database's own guards check; a seventh without
a named speaker; a fiftieth of the articles in a second version; dates over seventeen years,
in no order of storing; one in two hundred reviewed.

Fills an empty, migrated database. The indexes that triggers keep are taken off and built once at
the end, which is timed; the guards stay on. All words are of lists of this project or invented.
"""

import argparse
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from quotes import models

SEED = 20261121
WORDS, SPEAKERS, OUTLETS, AN_ARTICLE = 60_000, 40_000, 80, 20
FIRST_DAY, DAYS = date(2010, 1, 1), 6_160
BATCH_ARTICLES = 250
_SYLLABLES = [c + v for c in "bcdfghklmnprstvwz" for v in "aeiou"]
_ROLES = ("the minister", "a spokesman", "the senator", "chief executive", "the governor", "")
_ANONYMOUS = ("a spokesman", "officials", "a witness", "two people briefed on the matter", "")
_OUTLET_KINDS = ("Times", "Post", "Herald", "Wire", "Tribune", "Gazette", "News", "Observer")


class Drawn(NamedTuple):
    """A quotation as drawn: its words in the text, and the pieces that are marked in it."""

    kind: str
    content: str
    cue: str
    source: str
    sentence: str


def zipf(size: int, shift: float, exponent: float = 1.0) -> "np.ndarray[Any, Any]":
    """Return the cumulative shares of ranks 1 to `size` by the law of Zipf and Mandelbrot."""
    shares = 1.0 / (np.arange(1, size + 1) + shift) ** exponent
    cumulative: np.ndarray[Any, Any] = np.cumsum(shares / shares.sum())
    return cumulative


def invented(number: int, syllables: int = 3) -> str:
    """Return a word of its own for each `number`, such as "bacari"."""
    letters = []
    for _ in range(syllables):
        number, place = divmod(number, len(_SYLLABLES))
        letters.append(_SYLLABLES[place])
    return "".join(letters) + (invented(number - 1, 1) if number else "")


def vocabulary() -> list[str]:
    """Return the words from the commonest: closed classes, the shortest first, news, invented."""
    from quotes.nlp import lexicon

    closed = sorted(lexicon.words("english_words.txt"), key=lambda word: (len(word), word))
    rest = sorted(lexicon.words("common_words.txt") - set(closed))
    news = [rest[i] for i in np.random.default_rng(SEED).permutation(len(rest))]
    known = {*closed, *news}
    more = (word for word in map(invented, count(7)) if word not in known)
    return closed + news + [next(more) for _ in range(WORDS - len(closed) - len(news))]


class Corpus:
    """Draws articles; the database is not touched here."""

    def __init__(self, seed: int = SEED) -> None:
        from quotes.nlp import lexicon

        self.draw = np.random.default_rng(seed)
        self.words = np.array(vocabulary(), dtype=object)
        self.by_word = zipf(WORDS, 2.7)
        self.by_speaker, self.by_outlet = zipf(SPEAKERS, 20, 0.9), zipf(OUTLETS, 2)
        firsts = [row[0].capitalize() for row in lexicon.rows("first_names.tsv")]
        self.names = [
            f"{firsts[i % len(firsts)]} {invented(i // 3 + 1000).capitalize()}"
            for i in range(SPEAKERS)
        ]
        verbs = [row[0] for row in lexicon.rows("cue_verbs.tsv") if row[1] == "speech"]
        self.cues = ["said"] * 60 + [lexicon.inflections(verb)[1] for verb in verbs[:40]]
        self.media = sorted({row[1] for row in lexicon.rows("media.tsv")})

    def text(self, words: int) -> str:
        """Return so many words by their frequency."""
        ranks = np.searchsorted(self.by_word, self.draw.random(words))
        return " ".join(self.words[np.minimum(ranks, WORDS - 1)])

    def rank(self, cumulative: "np.ndarray[Any, Any]") -> int:
        """Return a place from 0, by the shares given."""
        return min(int(np.searchsorted(cumulative, self.draw.random())), len(cumulative) - 1)

    def day(self) -> date | None:
        """Return a day of publication, later ones more often; None for one in a hundred."""
        at = self.draw.random()
        return None if at < 0.01 else FIRST_DAY + timedelta(days=int(DAYS * np.sqrt(at)))

    def quotation(self, source: str) -> Drawn:
        """Return a quotation of `source` ("" for nobody)."""
        words = self.text(int(np.clip(self.draw.lognormal(3.1, 0.6), 3, 150)))
        cue = self.cues[int(self.draw.integers(len(self.cues)))] if source else ""
        at = self.draw.random()
        if at < 0.45:
            content = f"“{words[0].upper()}{words[1:]},”"
            return Drawn("direct", content, cue, source, f"{content} {source} {cue}.")
        if at < 0.7:
            content = f"{self.text(5)} “{words}”"
            return Drawn("mixed", content, cue, source, f"{source} {cue} that {content}.")
        return Drawn("indirect", words, cue, source, f"{source} {cue} that {words}.")


def fill(articles: int, *, spans: bool = True) -> None:
    """Store `articles` articles, in batches of one transaction each."""
    from django.db import transaction

    from quotes import models
    from quotes.addresses import short_uid

    corpus = Corpus()
    now = datetime(2026, 11, 20, tzinfo=UTC)
    run = models.ExtractionRun.objects.create(
        uid=uuid.UUID(int=1), fingerprint="0" * 64, code_version="corpus", code_sha256="0" * 64,
        model_hashes={}, lexicon_hashes={}, params={}, finished_at=now,
    )  # fmt: skip
    outlets, speakers = _outlets(corpus), _speakers(corpus)
    start = time.monotonic()
    for low in range(0, articles, BATCH_ARTICLES):
        batch = Batch(corpus, run, outlets, speakers, short_uid, now)
        for number in range(low, min(low + BATCH_ARTICLES, articles)):
            batch.article(number)
        with transaction.atomic():
            batch.store(spans=spans)
        if low % (BATCH_ARTICLES * 20) == 0:
            sys.stderr.write(f"{low + BATCH_ARTICLES} articles, {time.monotonic() - start:.0f} s\n")


def _outlets(corpus: Corpus) -> "list[models.Outlet]":
    from django.utils.text import slugify

    from quotes.models import Outlet

    names = [
        f"The {corpus.words[300 + i].capitalize()} {_OUTLET_KINDS[i % len(_OUTLET_KINDS)]}"
        for i in range(OUTLETS)
    ]
    rows = [
        Outlet(name=name, slug=slugify(name), domain=f"outlet-{i}.example")
        for i, name in enumerate(names)
    ]
    return Outlet.objects.bulk_create(rows)


def _speakers(corpus: Corpus) -> "list[models.Speaker]":
    from django.utils.text import slugify

    from quotes.models import Speaker, SpeakerName

    rows = [
        Speaker(name=name, slug=slugify(f"{name} {i}"), kind="person")
        for i, name in enumerate(corpus.names)
    ]
    stored = Speaker.objects.bulk_create(rows, batch_size=5000)
    names = [
        SpeakerName(speaker=row, name=name, key=name.lower(), reason="corpus")
        for row in stored
        for name in (row.name, f"Ms {row.name.split()[-1]}")
    ]
    SpeakerName.objects.bulk_create(names, batch_size=5000)
    return stored


class Batch:
    """Articles that are stored together."""

    def __init__(
        self,
        corpus: Corpus,
        run: "models.ExtractionRun",
        outlets: "list[models.Outlet]",
        speakers: "list[models.Speaker]",
        short_uid: Any,
        now: datetime,
    ) -> None:
        self.corpus, self.run, self.short_uid, self.now = corpus, run, short_uid, now
        self.outlets, self.speakers = outlets, speakers
        self.texts: list[Any] = []
        self.articles: list[Any] = []
        self.versions: list[Any] = []
        self.extractions: list[Any] = []
        self.quotations: list[Any] = []
        self.spans: list[Any] = []

    def article(self, number: int, chars: int = 0) -> None:
        """Draw an article of some `chars` characters; every fiftieth is a second version.

        0: of some twenty quotations.
        """
        from quotes import models

        corpus, second = self.corpus, number % 50 == 49
        if not second:
            self.articles.append(
                models.Article(
                    uid=self.short_uid("article", str(number)),
                    identity=f"url:https://outlet.example/{number}",
                    url=f"https://outlet.example/{number}",
                    outlet=self.outlets[corpus.rank(corpus.by_outlet)],
                )
            )
        else:
            self.versions[-1].is_current = False
        drawn = self._long(chars) or [
            self._drawn() for _ in range(int(corpus.draw.poisson(AN_ARTICLE - 1)) + 1)
        ]
        paragraphs = [sentence.sentence for sentence, _ in drawn]
        title = corpus.text(8).capitalize()
        text = "\n\n".join([title, *paragraphs]) + "\n"
        digest = sha256(text.encode()).hexdigest()
        self.texts.append(models.CanonicalText(sha256=digest, content=text, length_chars=len(text)))
        day = corpus.day()
        version = models.ArticleVersion(
            article=self.articles[-1], number=2 if second else 1, is_current=True,
            text=self.texts[-1], title=title, opening=title[:100], language="en",
            published_on=day, retrieved_at=self.now, method="jsonl", source_sha256=digest,
            text_extractor="corpus", byline=corpus.names[number % 500],
        )  # fmt: skip
        self.versions.append(version)
        self.extractions.append(
            models.Extraction(version=version, run=self.run, quotation_count=len(drawn))
        )
        self._quotations(number, drawn, text, len(title) + 2)

    def _long(self, chars: int) -> list[tuple[Drawn, Any]]:
        drawn: list[tuple[Drawn, Any]] = []
        length = 0
        while length < chars:
            drawn.append(self._drawn())
            length += len(drawn[-1][0].sentence) + 2
        return drawn

    def _drawn(self) -> tuple[Drawn, Any]:
        corpus = self.corpus
        if corpus.draw.random() < 0.15:
            words = _ANONYMOUS[int(corpus.draw.integers(len(_ANONYMOUS)))]
            return corpus.quotation(words), None
        speaker = self.speakers[corpus.rank(corpus.by_speaker)]
        short = corpus.draw.random() < 0.4
        return corpus.quotation(
            f"Ms {speaker.name.split()[-1]}" if short else speaker.name
        ), speaker

    def _quotations(self, number: int, drawn: list[tuple[Drawn, Any]], text: str, at: int) -> None:
        from quotes import models

        draw = self.corpus.draw
        for position, (one, speaker) in enumerate(drawn):
            chance, sure = draw.random(3), float(np.round(draw.beta(5, 1.5), 3))
            reviewed = chance[0] < 0.005
            start = text.index(one.content, at)
            row = models.Quotation(
                uid=self.short_uid("quotation", str(number), str(position)),
                version=self.versions[-1], extraction=self.extractions[-1],
                status="gone" if chance[0] > 0.97 else "current", position=position,
                paragraph_index=position + 2, kind=one.kind,
                act="attitude" if chance[1] < 0.1 else "speech", content=one.content,
                prefix=text[max(0, start - 32) : start],
                suffix=text[start + len(one.content) :][:32],
                cue=one.cue, mention=one.source, speaker=speaker,
                medium=self._medium(chance[2]),
                speaker_name=speaker.name if speaker else one.source,
                speaker_kind=("person" if speaker else "anonymous") if one.source else "",
                speaker_role=_ROLES[speaker.pk % len(_ROLES)] if speaker else "",
                confidence=sure, speaker_confidence=round(sure * 0.9, 4),
                review="confirmed" if reviewed else "",
                reviewed_at=self.now if reviewed else None,
            )  # fmt: skip
            self.quotations.append(row)
            self.spans += self._spans(row, one, text, at)
            at += len(one.sentence) + 2

    def _medium(self, chance: float) -> str:
        media = self.corpus.media
        return "" if chance > 0.15 else media[int(chance * 300) % len(media)]

    def _spans(self, row: Any, one: Drawn, text: str, at: int) -> Iterator[Any]:
        from quotes import models

        for role, words in (("content", one.content), ("cue", one.cue), ("source", one.source)):
            if words:
                start = text.index(words, at)
                yield models.QuotationSpan(
                    quotation=row, role=role, position=0, start=start, end=start + len(words),
                    exact=words,
                )  # fmt: skip

    def store(self, *, spans: bool) -> None:
        """Store what was drawn, in the order of its references."""
        from quotes import models

        models.CanonicalText.objects.bulk_create(self.texts)
        models.Article.objects.bulk_create(self.articles)
        models.ArticleVersion.objects.bulk_create(self.versions)
        models.Extraction.objects.bulk_create(self.extractions)
        models.Quotation.objects.bulk_create(self.quotations)
        if spans:
            models.QuotationSpan.objects.bulk_create(self.spans)


def build(articles: int, *, spans: bool = True) -> dict[str, float]:
    """Migrate an empty database, fill it and index it; return the seconds that each part took."""
    from django.core.management import call_command

    from quotes import search_index, speaker_counts, speaker_index
    from quotes.models import Speaker

    call_command("migrate", verbosity=0)
    if Speaker.objects.exists():
        raise SystemExit("the database is not empty; name a new one in TRACKER_DATABASE_URL")
    took: dict[str, float] = {}

    def timed(name: str, do: Any) -> None:
        start = time.monotonic()
        do()
        took[name] = round(time.monotonic() - start, 1)
        sys.stderr.write(f"{name}: {took[name]} s\n")

    search_index.remove("default")
    speaker_index.remove("default")
    timed("rows", lambda: fill(articles, spans=spans))
    timed("speaker_index", lambda: speaker_index.install("default", is_stale=True))
    timed(
        "speaker_counts",
        lambda: speaker_counts.refresh(Speaker.objects.values_list("pk", flat=True)),
    )
    timed("search_index", lambda: search_index.install("default", is_stale=True))
    timed("analyze", _analyze)
    return took


def _analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def main() -> None:
    """Build the database that TRACKER_DATABASE_URL names; print what it took as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.corpus", description=__doc__)
    parser.add_argument("--articles", type=int, default=50_000, help="of some 20 quotations each")
    parser.add_argument("--no-spans", action="store_true", help="leave the spans out")
    options = parser.parse_args()
    if not os.environ.get("TRACKER_DATABASE_URL"):
        raise SystemExit("name an empty database in TRACKER_DATABASE_URL: yours is not touched")
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    sys.stdout.write(json.dumps(build(options.articles, spans=not options.no_spans)) + "\n")


if __name__ == "__main__":
    main()
