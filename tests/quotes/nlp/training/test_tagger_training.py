"""Training data, losses and scores of the tagger, on texts written for the tests."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.decoding import TAGS
from quotes.nlp.encoder import DIRECTORY, TOKENIZER
from quotes.nlp.training import __main__ as command
from quotes.nlp.training.polnear import Article, edited, labels, load
from quotes.nlp.training.tagger_data import STYLES, joined, restyled
from quotes.nlp.training.tagger_evaluate import exact_f1, gold_spans
from quotes.nlp.wordpieces import WordpieceReader

READER = WordpieceReader(DIRECTORY / TOKENIZER)
TEXT = "Bridge to open\n\n“It is safe,” said Ann Roe, adding that it opens in May.\n\nBob agreed."


def at(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


ARTICLE = Article(
    "a",
    TEXT,
    [
        {"source": [at("Ann Roe")], "cue": [at("said")], "content": [at("“It is safe,”")]},
        {"source": [at("Ann Roe")], "cue": [at("adding")], "content": [at("that it opens in May")]},
    ],
)


def named(article: Article) -> set[tuple[str, str]]:
    return {
        (role, article.text[a:b].strip("“”\"'`«»„‘’")) for role, a, b in gold_spans(article, READER)
    }


def test_labels_follow_the_annotation_and_a_shared_source_is_one_span() -> None:
    chunks = READER(TEXT)
    tags, spans = labels(ARTICLE, chunks)
    shared = [span for span in spans if span.role == "source"]
    assert [span.attributions for span in shared] == [frozenset({0, 1})]
    written = [TAGS[tag] for tag in tags[1] if tag >= 0]
    assert written[:7] == ["B-content", *["I-content"] * 4, "E-content", "S-cue"]
    assert written[7:9] == ["B-source", "E-source"]


@pytest.mark.parametrize("style", STYLES)
def test_another_style_of_marks_keeps_the_labels(style: tuple[str, str]) -> None:
    other = restyled(ARTICLE, style)
    assert f"{style[0]}It is safe,{style[1]} said" in other.text
    assert named(other) == named(ARTICLE)


@given(st.randoms(use_true_random=False))
def test_joined_paragraphs_keep_the_labels_and_the_headline(chance: object) -> None:
    other = joined(ARTICLE, chance)  # type: ignore[arg-type]
    assert other.text.startswith("Bridge to open\n\n")
    assert named(other) == named(ARTICLE)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5), st.text(max_size=4)), max_size=4))
def test_edits_keep_ranges_inside_the_text(raw: list[tuple[int, int, str]]) -> None:
    edits, floor = [], 0
    for gap, length, new in raw:
        start = min(floor + gap, len(TEXT))
        floor = min(start + length, len(TEXT))
        edits.append((start, floor, new))
    changed = edited(ARTICLE, edits)
    for item in changed.attributions:
        for ranges in item.values():
            assert all(0 <= start < end <= len(changed.text) for start, end in ranges)


def test_scores_count_exact_spans() -> None:
    gold = {("source", 0, 3), ("source", 5, 8), ("cue", 4, 5)}
    predicted = {("source", 0, 3), ("source", 5, 9), ("cue", 4, 5)}
    scores = exact_f1([(gold, predicted)])
    assert scores["source"] == {"precision": 50.0, "recall": 50.0, "f1": 50.0}
    assert scores["cue"]["f1"] == 100.0
    assert scores["content"]["f1"] == 0.0


def test_a_missing_corpus_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="--data"):
        load(tmp_path, "dev")


def test_an_unknown_command_lists_the_known_ones() -> None:
    with pytest.raises(SystemExit, match=r"(?s)bogus: unknown.*tagger-train.*stanza-train"):
        command.main(["bogus"])
