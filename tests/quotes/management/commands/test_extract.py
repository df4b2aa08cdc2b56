"""`manage.py extract` with the shipped models: JSON lines in, JSON lines out."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from quotes.nlp import Extractor

TEXT = "The minister, Ana Roe, said taxes would fall."
KEYS = {
    "content",
    "cue",
    "source",
    "kind",
    "act",
    "factuality",
    "speaker",
    "medium",
    "confidence",
    "speaker_confidence",
}

pytestmark = pytest.mark.usefixtures("extractor")


def test_writes_the_documented_line(tmp_path, capsys):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"id": "a1", "text": TEXT}) + "\n")
    call_command("extract", str(path))
    (line,) = capsys.readouterr().out.splitlines()
    result = json.loads(line)
    assert result.keys() == {"id", "language", "note", "skipped", "quotes"}
    assert (result["language"], result["note"], result["skipped"]) == ("en", None, [])
    (quote,) = result["quotes"]
    assert quote.keys() == KEYS
    ((start, end),) = quote["content"]
    assert TEXT[start:end] == "taxes would fall"
    assert [TEXT[s:e] for s, e in quote["source"]] == ["The minister, Ana Roe"]
    assert [TEXT[s:e] for s, e in quote["cue"]] == ["said"]
    assert (quote["speaker"], quote["act"], quote["kind"]) == ("Ana Roe", "speech", "indirect")
    assert 0.0 <= quote["speaker_confidence"] <= quote["confidence"] <= 1.0


def test_standard_input_in_order_with_broken_lines_reported(monkeypatch, capsys):
    lines = [
        json.dumps({"id": 1, "text": TEXT}),
        "{broken",
        json.dumps({"id": "empty", "text": ""}),
        json.dumps({"id": 4, "text": 4}),
        "",
        json.dumps({"text": "No id, she said.", "other": [1]}),
        *(json.dumps({"id": f"n{i}", "text": f"{i} {TEXT}"}) for i in range(20)),
    ]
    stdin = io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(CommandError, match="2 refused"):
        call_command("extract")
    shown = capsys.readouterr()
    results = [json.loads(line) for line in shown.out.splitlines()]
    assert [r["id"] for r in results] == [1, "empty", None, *(f"n{i}" for i in range(20))]
    assert results[1]["quotes"] == []
    assert "-:2: is not JSON" in shown.err
    assert '-:4: has a number as "text"' in shown.err


def test_missing_file_does_not_stop_the_next(tmp_path, capsys):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"id": 1, "text": TEXT}))
    with pytest.raises(CommandError, match="1 refused"):
        call_command("extract", str(tmp_path / "none.jsonl"), str(path))
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 1
    assert "none.jsonl: cannot be read (No such file or directory)" in shown.err


def test_reads_no_further_than_it_must(monkeypatch):
    """Memory stays bounded: the first line is out before the last one is read."""
    seen = []
    lines = (json.dumps({"id": i, "text": TEXT}) + "\n" for i in range(60))

    class Slow(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            data = next(lines, "").encode()
            seen.append(len(data) > 0)
            buffer[: len(data)] = data
            return len(data)

    written = []

    class Out(io.StringIO):
        def write(self, text):
            written.append(sum(seen))
            return len(text)

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(Slow(), 100)))
    call_command("extract", stdout=Out())
    assert sum(seen) == 60
    assert written[0] < 40


def test_same_as_the_library(tmp_path, capsys, extractor: Extractor):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"id": 1, "text": TEXT}))
    call_command("extract", str(path))
    (quote,) = json.loads(capsys.readouterr().out)["quotes"]
    (found,) = extractor(TEXT).quotations
    assert quote["content"] == [[span.start, span.end] for span in found.content]


def test_other_languages_are_answered_politely(tmp_path, capsys):
    """No failure: a line with the language and what it means, and the next line is read."""
    spanish = "La ministra anunció el martes que los impuestos subirán a partir del próximo año."
    path = tmp_path / "in.jsonl"
    lines = [{"id": 1, "text": spanish}, {"id": 2, "text": f"{TEXT} {TEXT}\n{spanish}\n{TEXT}"}]
    path.write_text("\n".join(map(json.dumps, lines)))
    call_command("extract", str(path))
    foreign, mixed = map(json.loads, capsys.readouterr().out.splitlines())
    assert foreign == {
        "id": 1,
        "language": "es",
        "note": "not extracted: the text is in Spanish",
        "skipped": [{"start": 0, "end": len(spanish), "language": "es"}],
        "quotes": [],
    }
    (part,) = mixed["skipped"]
    assert lines[1]["text"][part["start"] : part["end"]] == spanish
    assert (part["language"], mixed["language"]) == ("es", "en")
    assert mixed["note"] == "passages not extracted, by language: Spanish (1)"
    assert len(mixed["quotes"]) == 3
