"""`manage.py evaluate`: from gold files to the table, with the shipped models and with a file."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from quotes.management.commands.evaluate import Command
from quotes.nlp import Extractor

ROOT = Path(__file__).parents[4]
ARTICLES = ROOT / "fixtures" / "articles"
DOCUMENTED = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
TEXT = "The minister, Ana Roe, said taxes would fall. Bo Low disagreed."
QUOTE = {
    "content": [[TEXT.index("taxes"), TEXT.index(".")]],
    "source": [[0, TEXT.index(", said")]],
    "cue": [[TEXT.index("said"), TEXT.index(" taxes")]],
}


def gold_file(folder: Path, **fields) -> Path:
    path = folder / "gold.jsonl"
    path.write_text(json.dumps({"id": "a", "text": TEXT, "quotes": [QUOTE], **fields}) + "\n")
    return path


def predictions_file(folder: Path, *lines: dict) -> Path:
    path = folder / "pred.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def row(text: str, name: str) -> list[str]:
    """Return the cells of the last row of a printed table that begins with `name`."""
    return [line.split() for line in text.splitlines() if line.split()[:1] == [name]][-1]


@pytest.mark.usefixtures("extractor")
def test_extracts_and_prints_the_table(tmp_path, capsys):
    call_command("evaluate", str(gold_file(tmp_path)))
    shown = capsys.readouterr().out
    assert shown.startswith("1 articles, 11 words, 1 attributions in the gold")
    assert row(shown, "all")[-4:] == ["100.0"] * 4
    assert row(shown, "direct")[1:] == ["0", *"––––––"]


def test_predictions_from_a_file_with_json_and_errors(tmp_path, capsys):
    out = tmp_path / "figures.json"
    predictions = predictions_file(tmp_path, {"id": "a", "quotes": [QUOTE | {"source": []}]})
    call_command(
        "evaluate",
        str(gold_file(tmp_path)),
        f"--predictions={predictions}",
        "--errors=1",
        "--ci",
        f"--json={out}",
    )
    shown = capsys.readouterr().out
    assert row(shown, "all")[-4:] == ["0.0"] * 4
    assert "wrong source: left empty: 1\n  - a\n      gold      content: taxes would" in shown
    assert "95 % intervals over articles" in shown
    record = json.loads(out.read_text())
    assert record["scores"]["groups"]["all"]["found"]["f1"] == 100.0
    assert record["errors"] == {"wrong source: left empty": 1}
    assert (record["refused"], record["without_prediction"]) == (0, 0)
    assert record["fingerprint"] is None


def test_the_record_names_the_extractor(tmp_path, extractor: Extractor):
    out = tmp_path / "figures.json"
    call_command("evaluate", str(gold_file(tmp_path)), f"--json={out}")
    record = json.loads(out.read_text())
    assert record["fingerprint"] == extractor.provenance.fingerprint
    assert record["predictions"] is None


def test_articles_without_a_line_and_lines_without_an_article_are_told(tmp_path, capsys):
    predictions = predictions_file(tmp_path, {"id": "b", "quotes": []})
    call_command("evaluate", str(gold_file(tmp_path)), f"--predictions={predictions}")
    shown = capsys.readouterr()
    assert "1 articles have no line: judged as nothing found" in shown.err
    assert "1 lines are of no article of the gold: left out" in shown.err
    assert row(shown.out, "all")[-4:] == ["0.0"] * 4


def test_one_bad_file_does_not_stop_the_rest(tmp_path, capsys):
    folder = tmp_path / "gold"
    folder.mkdir()
    (folder / "bad.txt").write_text("Ana Roe said no.")
    (folder / "bad.ann").write_text("T1\tContent 13 15\tyes\n")
    gold_file(folder)
    predictions = predictions_file(tmp_path, {"id": "a", "quotes": [QUOTE]})
    with pytest.raises(CommandError, match="1 refused and not judged"):
        call_command("evaluate", str(folder), f"--predictions={predictions}")
    shown = capsys.readouterr()
    assert "bad.ann:1: says 'yes', and at its offsets stands 'no'; use the text" in shown.err
    assert row(shown.out, "all")[-4:] == ["100.0"] * 4


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param({"id": "a"}, 'pred.jsonl:1: has no "quotes"', id="no-quotes"),
        pytest.param(
            {"id": "a", "quotes": [{"content": [[0, 999]]}]},
            "is not of the text of 'a': content [0, 999) ends after",
            id="another-text",
        ),
    ],
)
def test_bad_predictions_are_named(tmp_path, capsys, line: dict, message: str):
    predictions = predictions_file(tmp_path, line)
    with pytest.raises(CommandError, match="no article to evaluate"):
        call_command("evaluate", str(gold_file(tmp_path)), f"--predictions={predictions}")
    assert message in capsys.readouterr().err


def test_an_id_twice_in_the_predictions_is_refused(tmp_path, capsys):
    line = {"id": "a", "quotes": [QUOTE]}
    predictions = predictions_file(tmp_path, line, line)
    with pytest.raises(CommandError, match="1 refused"):
        call_command("evaluate", str(gold_file(tmp_path)), f"--predictions={predictions}")
    assert "pred.jsonl:2: has the id 'a' of line 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["none"], "no article to evaluate", id="no-gold"),
        pytest.param(["GOLD", "--predictions=none"], "no article to evaluate", id="no-predictions"),
        pytest.param(
            ["GOLD", "--predictions=PRED", "--json=none/x.json"],
            "none/x.json: cannot be written .*; name another file",
            id="no-folder",
        ),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, monkeypatch, arguments: list[str], message: str):
    monkeypatch.chdir(tmp_path)
    names = {
        "GOLD": gold_file(tmp_path),
        "PRED": predictions_file(tmp_path, {"id": "a", "quotes": []}),
    }
    for name, path in names.items():
        arguments = [argument.replace(name, str(path)) for argument in arguments]
    with pytest.raises(CommandError, match=message):
        call_command("evaluate", *arguments)


def test_the_documented_example_is_what_the_command_prints(tmp_path, capsys):
    """The figures on the page depend on the weights, so only its own predictions are judged."""
    example = re.search(r"```json\n(.*?)```", DOCUMENTED, re.DOTALL)
    assert example
    predictions = tmp_path / "found.jsonl"
    predictions.write_text(example.group(1))
    call_command("evaluate", str(ARTICLES), f"--predictions={predictions}", "--errors=1")
    printed = capsys.readouterr().out
    blocks = re.findall(r"```text\n(.*?)```", DOCUMENTED, re.DOTALL)
    assert printed.strip() == "\n".join(block.strip("\n") for block in blocks[:1]).strip()


def test_every_option_is_documented():
    parser = Command().create_parser("manage.py", "evaluate")
    own = {"--workers", "--predictions", "--annotator", "--ci", "--errors", "--json"}
    offered = {option for action in parser._actions for option in action.option_strings}
    assert own <= offered
    for option in own:
        assert f"`{option}" in DOCUMENTED
