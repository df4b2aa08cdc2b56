"""The quotations labelled with their speakers: whole, of the corpus, and what attribution makes."""

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from quotes.nlp.document import SpeakerKind
from tests.quotes.nlp import speaker_sample
from tests.quotes.nlp.act_sample import SHARED
from tests.quotes.nlp.speaker_sample import Gold, Judged, Labelled

NAMES = speaker_sample.NAMES
ANY = pytest.mark.parametrize("name", NAMES)
NEEDS_CORPUS = pytest.mark.skipif(not SHARED.exists(), reason="needs PolNeAR")
MENTIONS = {"name", "partial-name", "pronoun", "nominal", "relative", "none"}
ENTITIES = {"named", "generic", "document", "joint", "none"}
KINDS = {kind.value for kind in SpeakerKind} | {"none"}


def speech(name: str) -> list[Labelled]:
    return [row for row in speaker_sample.labels(name) if row.scope == "speech"]


# ---------------------------------------------------------------------- the tables
@pytest.mark.parametrize(
    ("name", "quotations", "articles"), [("tune", 201, 28), ("check", 238, 28), ("hard", 60, 60)]
)
def test_enough_is_labelled(name: str, quotations: int, articles: int) -> None:
    rows = speaker_sample.labels(name)
    assert len(speech(name)) == quotations
    assert len({row.article for row in rows}) == articles
    assert len({(row.article, row.attribution) for row in rows}) == len(rows)


@pytest.mark.parametrize("name", speaker_sample.SPLITS)
def test_every_kind_of_mention_and_speaker_is_there(name: str) -> None:
    assert {row.mention for row in speech(name)} == MENTIONS
    assert {row.entity for row in speech(name)} == ENTITIES


def test_the_samples_share_no_article() -> None:
    counts = Counter(
        article
        for name in NAMES
        for article in {row.article for row in speaker_sample.labels(name)}
    )
    assert set(counts.values()) == {1}


def flaws(row: Labelled) -> list[str]:
    """Return what is wrong with a row, nothing if it is well formed."""
    labels = row[5:]
    cells = [
        cell for text in (row.aliases, row.full_forms, row.members) for cell in text.split("|")
    ]
    members = [] if row.members == "-" else row.members.split("|")
    spans = row.spans
    rules = {
        "SHA-256": len(row.sha256) == 64 and set(row.sha256) <= set("0123456789abcdef"),
        "spans in order": all(s < e for s, e in spans) and spans == sorted(spans),
        "stray space or empty cell": all(cell and cell == cell.strip() for cell in (*row, *cells)),
        "scope": row.scope in {"speech", "other"},
    }
    if row.scope == "other":
        rules |= {"labels of what is no speech": set(labels) == {"-"}}
        return [name for name, kept in rules.items() if not kept]
    rules |= {
        "mention": row.mention in MENTIONS,
        "entity": row.entity in ENTITIES,
        "kind": row.kind in KINDS,
        "confidence": row.confidence in {"sure", "unsure"},
        "nobody": (row.entity == "none") == (row.kind == "none") == (row.speaker == "-"),
        "two members or more if joint": (len(members) >= 2) == (row.entity == "joint"),
        "members in the joint name": all(m.lstrip("~") in row.speaker for m in members),
        "unnamed ones are no persons": row.entity != "generic" or row.kind != "person",
    }
    return [name for name, kept in rules.items() if not kept]


@ANY
def test_rows_are_well_formed(name: str) -> None:
    wrong = {f"{row.article} {row.attribution}": flaws(row) for row in speaker_sample.labels(name)}
    assert {row: found for row, found in wrong.items() if found} == {}


GOOD = Labelled(
    "a", "E1", "3-9,12-20", "0" * 64, "speech", "name", "named", "person", "Ana Roe", "Roe", "-",
    "-", "sure",
)  # fmt: skip


@pytest.mark.parametrize(
    ("flaw", "row"),
    [
        pytest.param("SHA-256", GOOD._replace(sha256="0" * 63), id="hash"),
        pytest.param("spans in order", GOOD._replace(content="9-3"), id="backward"),
        pytest.param("spans in order", GOOD._replace(content="9-12,3-5"), id="unordered"),
        pytest.param("stray space or empty cell", GOOD._replace(aliases="Roe||Ana"), id="empty"),
        pytest.param("scope", GOOD._replace(scope="spech"), id="scope"),
        pytest.param("labels of what is no speech", GOOD._replace(scope="other"), id="other"),
        pytest.param("mention", GOOD._replace(mention="names"), id="mention"),
        pytest.param("kind", GOOD._replace(kind="man"), id="kind"),
        pytest.param("nobody", GOOD._replace(entity="none"), id="nobody"),
        pytest.param("two members or more if joint", GOOD._replace(entity="joint"), id="joint"),
        pytest.param("unnamed ones are no persons", GOOD._replace(entity="generic"), id="generic"),
    ],
)
def test_a_flaw_is_seen(flaw: str, row: Labelled) -> None:
    assert flaws(GOOD) == []
    assert flaw in flaws(row)


# ---------------------------------------------------------------------- the corpus
@NEEDS_CORPUS
@ANY
def test_what_was_drawn_is_what_is_labelled(name: str) -> None:
    drawn = [
        (article["id"], item["id"])
        for article, found in speaker_sample.draw(name)
        for item in found
    ]
    assert drawn == [(row.article, row.attribution) for row in speaker_sample.labels(name)]


@NEEDS_CORPUS
@ANY
def test_the_labels_are_of_this_text(name: str) -> None:
    gold = speaker_sample.gold(name)
    assert len(gold) == len(speech(name))
    assert all((one["mention_type"] == "none") == (not one["source"]) for one in gold)


def test_another_text_is_refused() -> None:
    item = {"id": "E1", "content": [[3, 9], [12, 20]], "source": [], "cue": []}
    article = {"id": "a", "text": "x" * 30, "attributions": [item]}
    with pytest.raises(ValueError, match="a E1 is another text"):
        speaker_sample._gold(GOOD, article)


@NEEDS_CORPUS
@ANY
def test_the_labels_are_right_by_the_scorer(name: str) -> None:
    right = speaker_sample.scorer().speaker_ok
    for one in speaker_sample.gold(name):
        assert right(one, one["speaker"]) == "full"
        if one["speaker"]:
            members = [member["name"] for member in one.get("members", ())]
            assert right(one, members or one["speaker"].upper()) == "full"
            assert not right(one, None)
            assert not right(one, "he")
            assert not right(one, "Zaphod Beeblebrox")
        else:
            assert not right(one, "critics")


# ---------------------------------------------------------------------- measuring
def one(article: str, verdict: str, stated: float | None, **labels: str) -> Judged:
    """Return a judged quotation; `stated` None if it was not found."""
    gold: Gold = {
        "id": article,
        "attribution": "E1",
        "speaker": "Ana Roe",
        "mention_type": "name",
        "entity": "named",
        "kind": "direct",
        "confidence": "sure",
        **labels,
    }
    said = None if stated is None else {"speaker": "Roe", "speaker_confidence": stated}
    return Judged(gold, said, verdict)


ROWS = [
    one("a", "full", 0.95),
    one("a", "full", 0.9),
    one("a", "partial", 0.9, mention_type="pronoun"),
    one("b", "", 0.89, mention_type="pronoun"),
    one("b", "", None, mention_type="pronoun"),
]


def table(found: Sequence[Judged]) -> dict[str, list[str]]:
    """Return the cells of a report by heading."""
    lines = list(speaker_sample.report(found))[1:]
    return {
        line[:24].strip(): line[24:].replace("[", " ").replace("]", " ").split() for line in lines
    }


def test_report() -> None:
    found = table(ROWS)
    gold, matched, cover, right, *_, part, both, certain, sure = found["all"]
    assert (gold, matched, cover, right) == ("5", "4", "80.0", "50.0")
    assert (part, both, certain, sure) == ("75.0", "40.0", "3", "66.7")
    assert found["mention: pronoun"][:4] == ["3", "2", "66.7", "0.0"]
    assert found["mention: pronoun"][-2:] == ["1", "0.0"]


def test_intervals_are_over_articles() -> None:
    """One article all right and one all wrong: drawn again, either may be missing."""
    low, high = table(ROWS)["all"][4:6]
    assert (low, high) == ("0.0,", "66.7")
    whole = [one(article, "full", 0.9) for article in "abc"]
    assert table(whole)["all"][4:6] == ["100.0,", "100.0"]


def test_nothing_found_has_no_accuracy() -> None:
    assert table([one("a", "", None)])["all"][3] == "-"


@pytest.mark.parametrize(
    ("text", "item", "expected"),
    [
        pytest.param(
            "Roe said it rained.",
            {"source": [[0, 3]], "cue": [[4, 8]], "content": [[9, 18]]},
            "{E1:Roe} <E1:said> [E1:it rained].",
            id="three-spans",
        ),
        pytest.param(
            "It rained, Roe said, in May.",
            {"source": [[11, 14]], "cue": [[15, 19]], "content": [[0, 9], [21, 27]]},
            "[E1:It rained], {E1:Roe} <E1:said>, [E1:in May].",
            id="two-pieces",
        ),
    ],
)
def test_marked(text: str, item: dict[str, Any], expected: str) -> None:
    assert speaker_sample.marked(text, [{"id": "E1", **item}]) == expected


# Given the corpus' own spans, so that attribution is looked at alone; per cent right, and per cent
# of those stated as certain. A few points below what docs/decisions/0017-speaker-gold.md has.
FLOORS = [pytest.param("tune", 94, 96, id="tune"), pytest.param("check", 85, 92, id="check")]


@NEEDS_CORPUS
@pytest.mark.parametrize(("name", "right", "certain"), FLOORS)
def test_speakers_are_right(name: str, right: float, certain: float) -> None:
    options = argparse.Namespace(gold=[name], given_spans=True, sure=False, errors=0, parsed=None)
    lines = list(speaker_sample.measure(options))
    everything = next(line for line in lines if line.startswith("all"))
    cells = everything[24:].replace("[", " ").replace("]", " ").split()
    assert float(cells[3]) >= right, "\n".join(lines)
    assert float(cells[-1]) >= certain, "\n".join(lines)
    assert int(cells[-2]) >= len(speech(name)) // 3, "\n".join(lines)
