"""The model card: that of the repository is what template and figures give; parts; refusals."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from quotes.nlp.document import Document, Quotation, Speaker, SpeakerKind
from quotes.nlp.training import __main__ as command
from quotes.nlp.training import card, card_parts
from quotes.nlp.training.card import CardError, render, slim, take
from quotes.nlp.training.install import MODELS
from quotes.nlp.training.known_failures import answer, sentences
from quotes.nlp.training.stanza_data import sha256
from tests.builders import quotation

MODEL_CARD = (MODELS / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_the_card_is_what_template_and_figures_give() -> None:
    assert render() == MODEL_CARD, "run `python -m quotes.nlp.training card`"


@pytest.mark.parametrize("kind", ["quote_tagger", "stanza"])
def test_the_card_has_the_hash_of_every_shipped_file(kind: str) -> None:
    manifest = json.loads((MODELS / kind / "manifest.json").read_text(encoding="utf-8"))
    for name, facts in manifest["files"].items():
        assert sha256(MODELS / kind / name) == facts["sha256"]
        assert f"| `{kind}/{name}` | {facts['bytes']:,} | `{facts['sha256']}` |" in MODEL_CARD


def test_the_template_asks_for_every_part_once() -> None:
    asked = re.findall(r"\{\{(\w+)\}\}", card.TEMPLATE.read_text(encoding="utf-8"))
    assert sorted(asked) == sorted(card_parts.PARTS)


def test_links_of_the_card_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", MODEL_CARD):
        assert target.startswith("https://") or (MODELS / target).exists(), target


def test_figures_name_no_place_of_a_machine() -> None:
    for file in card.FIGURES.glob("*.json"):
        assert not re.search(r'"(/|[A-Z]:\\)', file.read_text(encoding="utf-8")), file


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Manifests of models with one file each."""
    for kind, name in (("quote_tagger", "model.onnx"), ("stanza", "mwt.pt")):
        folder = tmp_path / "models" / kind
        folder.mkdir(parents=True)
        files = {name: {"sha256": f"{kind}-hash", "bytes": 1234}}
        (folder / "manifest.json").write_text(json.dumps({"files": files}))
    return tmp_path / "models"


RATES = {"precision": 80.0, "recall": 70.0, "f1": 74.7}
GROUP = {"gold": 10, "found": RATES, "end_to_end": RATES, "attribution_accuracy": 90.0}
SPANS = dict.fromkeys(("exact", "runs", "tokens", "partial"), RATES)
EVALUATION = {
    "gold": ["/home/somebody/dev.jsonl.gz"],
    "fingerprint": "f",
    "scores": {
        "articles": 2,
        "words": 3000,
        "gold": 20,
        "groups": {"all": GROUP | {"gold": 20}, "speech": GROUP},
        "roles": {"content": SPANS},
        "intervals": {"groups.all.end_to_end.f1": [71.0, 78.0]},
    },
}


def written(folder: Path, facts: dict[str, Any]) -> Path:
    file = folder / "given.json"
    file.write_text(json.dumps(facts))
    return file


def test_figures_taken_in_are_shown_with_their_intervals(tmp_path: Path, models: Path) -> None:
    take("evaluation", written(tmp_path, EVALUATION), tmp_path / "figures", models)
    shown = render(tmp_path / "figures", models)
    assert "| all | 20 | 70.0 | 90.0 | 80.0 | 70.0 | **74.7** [71.0–78.0] |" in shown
    assert "attitudes (50 % of all)" in shown
    assert "2 articles, 3,000 words, 20 attributions" in shown
    kept = (tmp_path / "figures" / "evaluation.json").read_text()
    assert "somebody" not in kept


def test_figures_of_another_network_are_not_shown(tmp_path: Path, models: Path) -> None:
    take("evaluation", written(tmp_path, EVALUATION), tmp_path / "figures", models)
    manifest = models / "quote_tagger" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("quote_tagger-hash", "newer"))
    shown = render(tmp_path / "figures", models)
    assert "74.7" not in shown
    assert shown.count(card_parts.UNMEASURED) == render(tmp_path / "none", models).count(
        card_parts.UNMEASURED
    )


def test_a_bench_of_other_weights_is_refused(tmp_path: Path, models: Path) -> None:
    file = written(tmp_path, {"weights": {"quote_tagger/model.onnx": "other"}})
    with pytest.raises(CardError, match="measured with other weights"):
        take("bench", file, tmp_path / "figures", models)


@pytest.mark.parametrize(
    ("name", "given"), [("evaluation", {"score": {}}), ("speakers", {"scores": {"speakers": None}})]
)
def test_figures_of_another_command_are_refused(name: str, given: dict[str, Any]) -> None:
    with pytest.raises(CardError, match=f"--{name}: .*give what the command wrote"):
        slim(name, given)


@pytest.mark.parametrize("content", [None, "{"])
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, models: Path, content: str | None
) -> None:
    file = tmp_path / "figures.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CardError, match=r"figures\.json: .*measures it again"):
        take("tagger", file, tmp_path / "figures", models)


def test_check_says_whether_the_card_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    command.main(["card", "--check"])
    monkeypatch.setattr(card, "render", lambda: "another")
    with pytest.raises(SystemExit, match="out of date"):
        command.main(["card", "--check"])


def test_bars_in_cells_do_not_break_a_table() -> None:
    assert card_parts.table(("a",), [("x | y",)]).splitlines()[-1] == "| x \\| y |"


def test_failures_are_sentences_with_a_right_answer() -> None:
    listed = sentences()
    assert len({text for _, text, _ in listed}) == len(listed)
    for _, text, right in listed:
        for part in [] if right == "-" else right.split(" | "):
            source, _, content = part.partition(": ")
            said, _, _ = source.partition(" → ")
            words = " ".join(text.split())
            assert content in words
            assert said in ("?", *words.split()) or said in words


TEXT = "“No,” she said. Ann Roe left."
ANN = Speaker(name="Ann Roe", kind=SpeakerKind.PERSON)


@pytest.mark.parametrize(
    ("quotations", "shown"),
    [
        ((), "-"),
        ((quotation(TEXT, "“No,”", source="she", speaker=ANN),), "she → Ann Roe: “No,”"),
        ((quotation(TEXT, "“No,”", source="Ann Roe", speaker=ANN),), "Ann Roe: “No,”"),
        ((quotation(TEXT, "“No,”"), quotation(TEXT, "left", source="she")), "?: “No,” | she: left"),
        ((quotation(TEXT, ("“No,”", "left")),), "?: “No,” … left"),
    ],
)
def test_an_answer_names_source_speaker_and_content(
    quotations: tuple[Quotation, ...], shown: str
) -> None:
    assert answer(Document(text=TEXT, quotations=quotations)) == shown
