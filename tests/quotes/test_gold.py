"""Gold and predictions from files: folders, JSON lines, refusals that stop nothing else."""

import gzip
import json
from pathlib import Path

import pytest

from quotes.gold import Note, Prediction, checked, read_gold, read_predictions
from quotes.nlp.document import Span
from quotes.nlp.evaluation.units import Attribution, GoldArticle
from quotes.refusals import Refusal
from tests.quotes.nlp.evaluation.build import of

TEXT = "Ana Roe said no."
ANN = (
    "T1\tSource 0 7\tAna Roe\nT2\tCue 8 12\tsaid\nT3\tContent 13 15\tno\n"
    "T4\tAttribution 8 12\tsaid\nE1\tAttribution:T4 Content:T3 Cue:T2 Source:T1\n"
)
SAID = of(TEXT, "no", "Ana Roe", "said")
ROOT = Path(__file__).parents[2]


def write(folder: Path, **files: str) -> Path:
    """Write files by name ("text__a_txt" is text/a.txt) and return the folder."""
    for name, content in files.items():
        place, _, suffix = name.replace("__", "/").rpartition("_")
        path = folder / f"{place}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return folder


def line(**fields) -> str:
    return json.dumps({"id": "a", "text": TEXT, **fields}) + "\n"


def read(*paths: Path, annotator: str = "") -> tuple[list[GoldArticle], list[str]]:
    """Return the articles, and refusals and notes as they are shown."""
    items = list(read_gold(paths, annotator=annotator))
    articles = [item for item in items if isinstance(item, GoldArticle)]
    return articles, [str(item) for item in items if not isinstance(item, GoldArticle)]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a_txt": TEXT, "a_ann": ANN}, id="side-by-side"),
        pytest.param({"dev__text__a_txt": TEXT, "dev__attributions__a_ann": ANN}, id="two-folders"),
        pytest.param(
            {"text__a_txt": TEXT, "attributions__a_ef2d_ann": ANN}, id="as-polnear-has-it"
        ),
        pytest.param(
            {"a_txt": TEXT, "a_b_txt": TEXT, "a_ann": ANN, "a_b_4b22_ann": ANN},
            id="the-longer-name",
        ),
    ],
)
def test_a_folder_of_brat_files(tmp_path: Path, files: dict[str, str]) -> None:
    articles, said = read(write(tmp_path, **files))
    assert said == []
    assert {article.id for article in articles} == {"a", *(["a_b"] if "a_b_txt" in files else [])}
    for article in articles:
        assert (article.text, article.attributions) == (TEXT, (SAID,))


def test_one_file_of_a_folder(tmp_path: Path) -> None:
    folder = write(tmp_path, text__a_txt=TEXT, text__b_txt=TEXT, attributions__a_ann=ANN)
    for name in ("attributions/a.ann", "text/a.txt"):
        (article,), said = read(folder / name)
        assert (article.id, article.attributions, said) == ("a", (SAID,), [])


def test_of_several_annotators_one_is_read_and_named(tmp_path: Path) -> None:
    folder = write(tmp_path, a_txt=TEXT, a_4b22_ann=ANN, a_ef2d_ann="")
    (article,), (note,) = read(folder)
    assert article.attributions == (SAID,)
    assert note.endswith("a_4b22.ann: read; not a_ef2d.ann (choose with --annotator)")
    (article,), said = read(folder, annotator="ef2d")
    assert (article.attributions, said) == ((), [])
    (article,), said = read(folder / "a_ef2d.ann")
    assert (article.attributions, said) == ((), [])


def test_line_ends_are_kept_as_the_offsets_count_them(tmp_path: Path) -> None:
    folder = write(tmp_path, a_txt="A\r\nno", a_ann="T1\tContent 3 5\tno\nE1\tContent:T1\n")
    (article,), _ = read(folder)
    assert article.attributions[0].content[0].of(article.text) == "no"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {"a_ann": ANN}, "a.ann: has no text; put its .txt file beside it", id="no-text"
        ),
        pytest.param({"b_txt": TEXT}, "b.txt: has no annotations; put its .ann", id="no-ann"),
        pytest.param({"b_txt": "", "b_ann": ""}, "b.txt: is empty; give a text", id="empty-text"),
        pytest.param({"b_txt": TEXT, "b_ann": "?"}, "b.ann:1: is no brat annotation", id="line"),
        pytest.param({"c_jsonl": "{\n"}, "c.jsonl:1: is not JSON", id="json"),
        pytest.param(
            {"c_jsonl": line()}, 'c.jsonl:1: has no "attributions" or "quotes"', id="list"
        ),
        pytest.param({"c_jsonl": line(quotes=[1])}, 'no list of objects as "quotes"', id="objects"),
        pytest.param(
            {"c_jsonl": line(quotes=[{"source": [0, 2]}])},
            'has no content in "quotes" 0',
            id="none",
        ),
        pytest.param(
            {"c_jsonl": line(quotes=[{"content": [[3, 99]]}])},
            "has a span outside its text: content [3, 99) ends after the text's 16",
            id="outside",
        ),
        pytest.param(
            {"c_jsonl": line(quotes=[{"content": [[3, 3]]}])}, "has the span [3, 3)", id="no-length"
        ),
        pytest.param(
            {"c_jsonl": line(quotes=[{"content": "no"}])}, "write them as [[start, end]", id="words"
        ),
        pytest.param(
            {"c_jsonl": line(quotes=[{"content": [1, 2], "speaker": 3}])}, "no name as", id="name"
        ),
        pytest.param({"c_jsonl": line(id=None, quotes=[])}, 'has no "id"', id="id"),
        pytest.param({"c_jsonl": line(id="z", quotes=[])}, "has the id 'z' of", id="id-again"),
    ],
)
def test_what_cannot_be_taken_is_named_and_the_rest_is_read(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    folder = write(tmp_path, **files, z_txt=TEXT, z_ann=ANN)
    articles, said = read(folder)
    assert [article.id for article in articles if article.id == "z"] == ["z"]
    assert [text for text in said if message in text], said


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"attributions": []}, (), id="none"),
        pytest.param(
            {"attributions": [{"content": [[13, 15]], "source": [[0, 7]], "cue": [[8, 12]]}]},
            (SAID,),
            id="attributions",
        ),
        pytest.param(
            {"quotes": [{"content": [13, 15], "source": [0, 7], "cue": [8, 12]}]},
            (SAID,),
            id="quotes-and-one-pair",
        ),
        pytest.param(
            {"quotes": [{"content": [[13, 15]], "source": None, "speaker": "Ana Roe"}]},
            (of(TEXT, "no", speakers=("Ana Roe",)),),
            id="speaker",
        ),
        pytest.param(
            {"quotes": [{"content": [[13, 15]], "speaker": None}]},
            (of(TEXT, "no", speakers=()),),
            id="nobody",
        ),
        pytest.param(
            {
                "quotes": [
                    {"content": [[14, 15], [13, 14]], "speaker": ["A", "B"], "aliases": ["C"]}
                ]
            },
            (
                Attribution(
                    content=(Span(start=13, end=14), Span(start=14, end=15)),
                    speakers=("A", "B"),
                    partial_names=("C",),
                ),
            ),
            id="joint-and-in-text-order",
        ),
    ],
)
def test_json_lines(tmp_path: Path, fields: dict, expected: tuple[Attribution, ...]) -> None:
    path = write(tmp_path, a_jsonl=line(**fields)) / "a.jsonl"
    (article,), said = read(path)
    assert (article.attributions, said) == (expected, [])
    assert (article.origin, article.line) == (str(path), 1)


def test_compressed_lines_and_discards(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(line(attributions=[], discards=[[0, 3]]).encode()))
    (article,), _ = read(path)
    assert article.discards == (Span(start=0, end=3),)


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(line(attributions=[]).encode() * 500)
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.jsonl.gz").write_bytes(b"no archive")
    _, said = read(tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz")
    assert sum("cannot be read" in text for text in said) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("none", "does not exist", id="missing"),
        pytest.param("a.pdf", "is of no known type", id="type"),
        pytest.param("empty", "holds no gold", id="empty-folder"),
    ],
)
def test_paths_without_gold(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "a.pdf").touch()
    (tmp_path / "empty").mkdir()
    articles, (said,) = read(tmp_path / name)
    assert articles == []
    assert said.startswith(f"{tmp_path / name}: {message}")


def test_the_fixtures_are_gold() -> None:
    articles, said = read(ROOT / "fixtures" / "articles")
    assert [len(article.attributions) for article in articles] == [9, 12]
    assert said == []


def test_predictions(tmp_path: Path) -> None:
    lines = line(quotes=[{"content": [[13, 15]]}]) + line(id=7, quotes=[]) + line(attributions=[])
    path = write(tmp_path, p_jsonl=lines) / "p.jsonl"
    first, second, refused = read_predictions(path)
    assert isinstance(first, Prediction)
    assert first.attributions == (of(TEXT, "no", speakers=()),)
    assert isinstance(second, Prediction)
    assert (second.id, second.line) == ("7", 2)
    assert isinstance(refused, Refusal)
    assert refused.line == 3


def test_predictions_of_another_text_are_refused() -> None:
    article = GoldArticle(id="a", text="Short.", attributions=())
    prediction = Prediction("a", (SAID,), "p.jsonl", 4)
    refusal = checked(prediction, article)
    assert refusal
    assert str(refusal).startswith("p.jsonl: is not of the text of 'a': content [13, 15) ends")
    assert checked(prediction, GoldArticle(id="a", text=TEXT, attributions=())) is None


def test_notes_are_no_refusals() -> None:
    assert not isinstance(Note("x"), Refusal)
