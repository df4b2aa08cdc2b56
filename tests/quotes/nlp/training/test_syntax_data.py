"""Treebanks and entity corpora as running text: every word stands where it says."""

import gzip
import random
from pathlib import Path

import pytest

from quotes.nlp.boundaries import joined
from quotes.nlp.encoder import DIRECTORY, TOKENIZER
from quotes.nlp.training.syntax_data import (
    bioes,
    entity_texts,
    epoch_windows,
    treebank,
    vocabularies,
)
from quotes.nlp.wordpieces import WordpieceReader

TREE = """# newdoc id = a
# newpar
# text = Ann can't go.
1\tAnn\tAnn\tPROPN\tNNP\t_\t4\tnsubj\t_\t_
2-3\tcan't\t_\t_\t_\t_\t_\t_\t_\t_
2\tca\tcan\tAUX\tMD\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
4\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
5\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_

# text = She stays.
1\tShe\tshe\tPRON\tPRP\t_\t2\tnsubj\t_\t_
2\tstays\tstay\tVERB\tVBZ\t_\t0\troot\t_\tSpaceAfter=No
2.1\tghost\t_\t_\t_\t_\t_\t_\t_\t_
3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

# newpar
# text = No.
1\tNo\tno\tINTJ\tUH\t_\t0\troot\t_\tSpaceAfter=No
2\t.\t.\tPUNCT\t.\t_\t1\tpunct\t_\t_

"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    (tmp_path / "ud-ewt-gum-train.conllu.gz").write_bytes(gzip.compress(TREE.encode()))
    lines = 'Ruth\tB-Person\nLee\tI-Person\nsaid\tO\n"\tO\nno\tO\n"\tO\n.\tO\n\nKenya\tB-Location\n'
    (tmp_path / "ner-worldwide-train.tsv.gz").write_bytes(gzip.compress(lines.encode()))
    return tmp_path


def test_treebank_text_and_places(corpora: Path) -> None:
    (text,) = treebank(corpora, "train")
    assert text.text == "Ann can't go. She stays.\nNo.\n"
    words = [[text.text[w.start : w.end] for w in s] for s in text.sentences]
    assert words == [["Ann", "ca", "n't", "go", "."], ["She", "stays", "."], ["No", "."]]
    assert [w.head for w in text.sentences[0]] == [3, 3, 3, -1, 3]


def test_entity_text_and_places(corpora: Path) -> None:
    (text,) = entity_texts(corpora, "train", random.Random(1))  # noqa: S311
    words = [[(text.text[w.start : w.end], w.labels["entity"]) for w in s] for s in text.sentences]
    assert words[0][:3] == [("Ruth", "B-Person"), ("Lee", "E-Person"), ("said", "O")]
    assert words[1] == [("Kenya", "S-Location")]
    assert text.text.startswith('Ruth Lee said "no".')


def test_windows_hold_every_sentence_once(corpora: Path) -> None:
    texts = treebank(corpora, "train")
    reader = WordpieceReader(DIRECTORY / TOKENIZER)
    (window,) = epoch_windows(texts, reader, random.Random(1))  # noqa: S311
    assert [len(s.words) for s in window.sentences] == [5, 3, 2]
    ann, ca, not_ = window.sentences[0].first[:3]
    assert ann < ca == not_ < window.sentences[0].last[2]


def test_rare_labels_are_left_out(corpora: Path) -> None:
    found = vocabularies(treebank(corpora, "train"))
    assert found["deprel"] == ["punct", "root"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O B-Person O", "O S-Person O"),
        ("B-Person I-Person I-Person", "B-Person I-Person E-Person"),
        ("B-Person B-Person", "S-Person S-Person"),
        ("I-Date I-Date", "B-Date E-Date"),
        ("B-Date I-Person", "S-Date S-Person"),
    ],
)
def test_bioes(tags: str, expected: str) -> None:
    assert bioes(tags.split()) == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        'Ruth said "no", twice.',
        "Kenya's budget (2024) rose.",
        "They don't pay $5.",
    ],
)
def test_tokens_are_joined_as_written(text: str) -> None:
    tokens = {
        'Ruth said "no", twice.': ["Ruth", "said", '"', "no", '"', ",", "twice", "."],
        "Kenya's budget (2024) rose.": ["Kenya", "'s", "budget", "(", "2024", ")", "rose", "."],
        "They don't pay $5.": ["They", "do", "n't", "pay", "$", "5", "."],
    }[text]
    made, places = joined(tokens)
    assert made == text
    assert [made[start:end] for start, end in places] == tokens
