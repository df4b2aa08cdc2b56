"""The list of corpora, and the check of packed files, on files written for the tests."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quotes.nlp.training import corpora
from quotes.nlp.training.corpora import Corpus, Part, State, content_sha256, state_of

ARTICLE: dict[str, Any] = {
    "id": "a",
    "author": "Jo Bloggs",
    "text": "Ann said no.",
    "discards": [],
    "attributions": [{"id": "E1", "content": [[9, 11]], "source": [[0, 3]], "cue": [[4, 8]]}],
}


def packed(file: Path, *articles: dict[str, Any]) -> Path:
    lines = "".join(json.dumps(article) + "\n" for article in articles)
    file.write_bytes(gzip.compress(lines.encode()))
    return file


def part_of(file: Path) -> Part:
    digest = corpora.hashlib.sha256(file.read_bytes()).hexdigest()
    return Part(name=file.name, use="train", sha256=digest, content_sha256=content_sha256(file))


def renumbered(file: Path) -> None:
    item = ARTICLE["attributions"][0] | {"id": "T7", "type": "Attribution"}
    packed(file, ARTICLE | {"attributions": [item], "author": "?"})


def moved(file: Path) -> None:
    item = ARTICLE["attributions"][0] | {"content": [[9, 12]]}
    packed(file, ARTICLE | {"attributions": [item]})


@pytest.mark.parametrize(
    ("change", "state"),
    [
        pytest.param(lambda _: None, State.OK, id="as it was"),
        pytest.param(lambda f: f.write_bytes(gzip.compress(gzip.decompress(f.read_bytes()), 1)),
                     State.REPACKED, id="compressed otherwise"),
        pytest.param(renumbered, State.REPACKED, id="attributions named otherwise"),
        pytest.param(moved, State.OTHER, id="a span moved"),
        pytest.param(lambda f: f.write_bytes(f.read_bytes()[:-9]), State.DAMAGED, id="cut short"),
        pytest.param(lambda f: f.write_text("no corpus"), State.DAMAGED, id="not gzip"),
        pytest.param(lambda f: f.write_bytes(gzip.compress(b"[1]\n")), State.DAMAGED, id="a list"),
        pytest.param(Path.unlink, State.MISSING, id="gone"),
    ],
)  # fmt: skip
def test_a_packed_file_is_known_by_its_content(
    tmp_path: Path, change: Callable[[Path], None], state: State
) -> None:
    file = packed(tmp_path / "some.jsonl.gz", ARTICLE)
    part = part_of(file)
    change(file)
    assert state_of(part, file) is state


def test_articles_may_come_in_any_order(tmp_path: Path) -> None:
    other = ARTICLE | {"id": "b"}
    one = packed(tmp_path / "one.jsonl.gz", ARTICLE, other)
    two = packed(tmp_path / "two.jsonl.gz", other, ARTICLE)
    assert content_sha256(one) == content_sha256(two)


def test_every_corpus_says_all_that_a_user_must_know() -> None:
    for item in corpora.corpora():
        assert all(str(value).strip() for name, value in item if name != "package")
        assert item.files


def test_the_licences_that_bind_are_named() -> None:
    terms = {item.key: item.licence for item in corpora.corpora()}
    assert terms["polnear"].startswith("none stated")
    assert terms["worldwide"].startswith("none stated")
    assert "CC BY-SA 4.0" in terms["ewt-gum"]


def test_the_report_names_what_is_missing_and_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, right = corpora.report(tmp_path)
    assert not right
    assert "polnear-train.jsonl.gz (train): MISSING — get the corpus" in text
    assert "pack polnear --from" in text
    options = corpora.argparse.Namespace(data=tmp_path, accept_other=True)
    with pytest.raises(SystemExit, match="1"):
        corpora.main(options)
    assert text in capsys.readouterr().out


def test_another_release_must_be_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = packed(tmp_path / "some.jsonl.gz", ARTICLE)
    known = corpora.corpus("polnear")
    one: Corpus = known.model_copy(update={"files": (part_of(file),)})
    monkeypatch.setattr(corpora, "corpora", lambda: (one,))
    moved(file)
    assert not corpora.report(tmp_path)[1]
    assert corpora.report(tmp_path, accept_other=True)[1]


def test_an_unknown_corpus_is_refused() -> None:
    with pytest.raises(KeyError, match="nonesuch: no such corpus; there are polnear"):
        corpora.corpus("nonesuch")
