"""Preparation of the corpora for Stanza."""

import gzip
from pathlib import Path

import pytest

from quotes.nlp.training.stanza_data import (
    TrainingError,
    as_parsed,
    entity_sentences,
    environment,
    prepare,
    run_stanza,
)


def test_entity_sentences_skip_addresses_and_mend_tags() -> None:
    lines = [
        "# file a.tsv",
        "http://example.org/1\tO",
        "",
        "Uganda\tB-Organization\tB-Location",
        "1 the O",
        "\tO",
        "said\t",
        "",
        "# file b.tsv",
        "Ann\tB-Person",
    ]
    first, second = entity_sentences(lines)
    assert [(t["text"], t["ner"]) for t in first] == [
        ("Uganda", "B-Organization"),
        ("1 the O", "O"),
        ("said", "O"),
    ]
    assert second == [{"text": "Ann", "ner": "B-Person"}]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        pytest.param("Ruto/P ’/O s/O", "Ruto/P 's/O", id="possessive"),
        pytest.param("I/O don/O ’/O t/O go/O", "I/O do/O n't/O go/O", id="negation"),
        pytest.param("Sen/P ./P John/P", "Sen./P John/P", id="title"),
        pytest.param("J/P ./P Lee/P", "J./P Lee/P", id="initial"),
        pytest.param("by/O Sen/O ./O", "by/O Sen/O ./O", id="final-stop-is-a-token"),
        pytest.param(
            "“/O workers/O ’/O rights/O ”/O", '"/O workers/O \'/O rights/O "/O', id="marks"
        ),
        pytest.param("’/O s/O", "'s/O", id="nothing-before"),
    ],
)
def test_tokens_as_the_parser_shows_them(tokens: str, expected: str) -> None:
    tagged = [tuple(pair.split("/")) for pair in tokens.split()]
    assert as_parsed(tagged) == [tuple(pair.split("/")) for pair in expected.split()]


def test_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"ud-ewt-gum-train.conllu.gz is missing; --data"):
        prepare(tmp_path, tmp_path / "work")


def test_failing_module_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no_such_module ended with status"):
        run_stanza(tmp_path, "stanza.no_such_module")


def test_training_never_reaches_for_the_hub(tmp_path: Path) -> None:
    settings = environment(tmp_path)
    assert settings["HF_HUB_OFFLINE"] == "1"
    assert settings["TOKENIZE_DATA_DIR"] == str(tmp_path / "data" / "tokenize")


def test_a_tiny_treebank_is_prepared(tmp_path: Path) -> None:
    tree = (
        "# newdoc id = a\n# sent_id = a-1\n# text = Ann can't go.\n"
        "1\tAnn\tAnn\tPROPN\tNNP\t_\t4\tnsubj\t_\t_\n2-3\tcan't\t_\t_\t_\t_\t_\t_\t_\t_\n"
        "2\tca\tcan\tAUX\tMD\t_\t4\taux\t_\t_\n3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_\n"
        "4\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No\n5\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_\n\n"
    )
    for name in ("ud-ewt-gum-train", "ud-ewt-gum-dev", "ud-gum-test"):
        (tmp_path / f"{name}.conllu.gz").write_bytes(gzip.compress(tree.encode()))
    work = tmp_path / "work"
    work.mkdir()
    prepare(tmp_path, work)
    text = (work / "data/tokenize/en_news.train.txt").read_text("utf-8")
    labels = (work / "data/tokenize/en_news-ud-train.toklabels").read_text("utf-8")
    assert text.startswith("Ann can't go.")
    assert text.count("\n\n") == labels.count("\n\n") >= 2
