"""Scoring, packaging and the command line of the Stanza models' training."""

import gzip
import json
from pathlib import Path

import pytest
import torch

from quotes.nlp.training.stanza_data import TrainingError, prepare, sha256
from quotes.nlp.training.stanza_evaluate import f1, raw_paragraphs, spans, table
from quotes.nlp.training.stanza_models import halved, main, package, train, without_folders


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param(["O", "B-Person", "I-Person", "O"], [(0, 1, 3, "Person")], id="bio"),
        pytest.param(
            ["S-Date", "B-Date", "E-Date"], [(0, 0, 1, "Date"), (0, 1, 3, "Date")], id="bioes"
        ),
        pytest.param(["B-Person", "I-Date"], [(0, 0, 1, "Person"), (0, 1, 2, "Date")], id="change"),
        pytest.param(["I-Date"], [(0, 0, 1, "Date")], id="inside-alone"),
        pytest.param(["B-Date", "B-Date"], [(0, 0, 1, "Date"), (0, 1, 2, "Date")], id="adjacent"),
        pytest.param([], [], id="empty"),
    ],
)
def test_entities_of_tags(tags: list[str], expected: list[tuple[int, int, int, str]]) -> None:
    assert list(spans([tags])) == expected


def test_f1() -> None:
    one, two, three = ((0, n, n + 1, "Date") for n in range(3))
    assert f1({one, two}, {two, three}) == 50.0
    assert f1({one}, {one}) == 100.0
    assert f1(set(), set()) == 0.0


def test_raw_text_of_a_treebank() -> None:
    lines = [
        "# newdoc id = a",
        "# text = One.",
        "1\tOne",
        "",
        "# text = Two. ",
        "# newpar",
        "# text = 3",
    ]
    assert list(raw_paragraphs(lines)) == ["One. Two.", "3"]


def test_table() -> None:
    assert table({"dev": {"UPOS": 95.0, "LAS": 80.123}}) == "dev: UPOS 95.00  LAS 80.12"


def test_folders_of_a_machine_are_cut_from_the_options_and_nowhere_else() -> None:
    model = {"config": {"data": "/some/where/train.txt", "lang": "en", "steps": 3}, "vocab": ["/"]}
    cut = without_folders(model)
    assert cut == {"config": {"data": "train.txt", "lang": "en", "steps": 3}, "vocab": ["/"]}


def test_halved_reaches_every_tensor() -> None:
    model = {"a": torch.ones(2), "b": [torch.ones(1, dtype=torch.int64), ("x", torch.ones(1))]}
    half = halved(model)
    assert half["a"].dtype == half["b"][1][1].dtype == torch.float16
    assert half["b"][0].dtype == torch.int64
    assert half["b"][1][0] == "x"


def test_package_writes_half_precision_and_hashes(tmp_path: Path) -> None:
    models, out, data = tmp_path / "models", tmp_path / "out", tmp_path / "data"
    models.mkdir()
    data.mkdir()
    (data / "ud-x.conllu.gz").write_bytes(b"1")
    (data / "other.gz").write_bytes(b"2")
    torch.save({"w": torch.ones(3)}, models / "lemma.pt")
    (models / "lemma.json").write_text('{"minutes": 15.0}', "utf-8")
    package(models, out, data, {"dev": {"UPOS": 95.0}})
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert torch.load(out / "lemma.pt", weights_only=True)["w"].dtype == torch.float16
    assert manifest["files"]["lemma.pt"]["sha256"] == sha256(out / "lemma.pt")
    assert set(manifest["files"]) == {"lemma.pt", "resources.json"}
    assert set(manifest["data"]) == {"ud-x.conllu.gz"}
    assert manifest["figures"] == {"dev": {"UPOS": 95.0}}
    assert manifest["training"] == {"lemma": {"minutes": 15.0}}
    package(tmp_path / "none" / "models", out, None, {})
    again = json.loads((out / "manifest.json").read_text("utf-8"))
    assert all(again[key] == manifest[key] for key in ("files", "figures", "training", "data"))


def test_training_needs_preparation(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="run stanza-prepare first"):
        train("lemma", tmp_path)


def test_command_line_reports_without_a_trace(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="is missing; run stanza-prepare first"):
        main(["stanza-train", "lemma", "--work", str(tmp_path)])


WORDS = {
    "The": ("the", "DET"),
    "Ann": ("Ann", "PROPN"),
    "Baker": ("Baker", "PROPN"),
    "said": ("say", "VERB"),
    "it": ("it", "PRON"),
    "do": ("do", "AUX"),
    "n't": ("not", "PART"),
    "mayors": ("mayor", "NOUN"),
    "speak": ("speak", "VERB"),
    ".": (".", "PUNCT"),
}


def treebank(sentences: int) -> str:
    """Return a treebank of two sentences by turns, one with a token of two words ("don't")."""
    texts = (
        ("Ann Baker said it.", ["Ann", "Baker", "said", "it", "."], 3),
        ("The mayors don't speak.", ["The", "mayors", "do", "n't", "speak", "."], 5),
    )
    lines = []
    for number in range(sentences):
        text, words, root = texts[number % 2]
        lines += ["# newpar"] * (number % 4 == 0) + [f"# sent_id = {number}", f"# text = {text}"]
        for i, word in enumerate(words, 1):
            lemma, tag = WORDS[word]
            if word == "do":
                lines.append("\t".join((f"{i}-{i + 1}", "don't", *"________")))
            head, relation = ("0", "root") if i == root else (str(root), "dep")
            space = "SpaceAfter=No" if words[i : i + 1] == ["."] else "_"
            lines.append(
                "\t".join((str(i), word, lemma, tag, tag, "_", head, relation, "_", space))
            )
        lines.append("")
    return "\n".join(lines) + "\n"


def test_the_tokenizer_is_trained_by_stanza_itself(tmp_path: Path) -> None:
    data, work = tmp_path / "data", tmp_path / "work"
    data.mkdir()
    for name, sentences in (("ud-ewt-gum-train", 400), ("ud-ewt-gum-dev", 40), ("ud-gum-test", 40)):
        (data / f"{name}.conllu.gz").write_bytes(gzip.compress(treebank(sentences).encode()))
    prepare(data, work)
    made = torch.load(train("tokenize", work, steps=2), weights_only=True)
    assert made["config"]["lang"] == "en"
    assert "B" in made["vocab"]["_unit2id"]
