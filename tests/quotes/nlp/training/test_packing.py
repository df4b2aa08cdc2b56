"""Packing corpora from their published layout, on small ones written for the tests."""

import gzip
import json
from pathlib import Path

import pytest

from quotes.nlp.training import packing
from quotes.nlp.training.corpora import State, content_sha256
from quotes.nlp.training.packing import PackError, conllu, pack, plain, polnear, worldwide, write
from quotes.nlp.training.polnear import load

TEXT = "“It is safe,” said Ann Roe, adding that it opens.\r\nRead more."
ANN = """T1\tSource 19 26\tAnn Roe
T2\tCue 14 18\tsaid
T3\tContent 0 13\t“It is safe,”
T4\tAttribution 14 18\tsaid
T5\tCue 28 34\tadding
T6\tContent 35 48\tthat it opens
T7\tAttribution 28 34\tadding
E1\tAttribution:T7 Content:T6 Cue:T5 Source:T1
E2\tAttribution:T4 Content:T3 Cue:T2 Source:T1
T8\tDiscard 51 61\tRead more.
"""
METADATA = "filename\tpublisher\tpublication_date\tauthor\ttitle\na_1\tx\t2016-01-02\tJo\t“Q\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    for split in ("train", "dev"):
        for folder in ("text", "attributions"):
            (root / split / folder).mkdir(parents=True)
        (root / split / "text" / "a_1.txt").write_bytes(TEXT.encode())
        for annotator, lines in (("4b22", ANN), ("5fec", "T1\tDiscard 0 5\t“It i\n")):
            file = root / split / "attributions" / f"a_1_{annotator}.ann"
            file.write_bytes(lines.encode())
    (root / "metadata.tsv").write_text(METADATA, encoding="utf-8")
    return root


def test_polnear_keeps_text_and_offsets_and_the_first_annotator(corpus: Path) -> None:
    (article,) = polnear(corpus, "dev")
    assert article["text"] == TEXT
    assert (article["id"], article["publisher"], article["title"]) == ("a_1", "x", "“Q")
    assert article["discards"] == [[51, 61]]
    assert article["attributions"] == [
        {"content": [[0, 13]], "source": [[19, 26]], "cue": [[14, 18]]},
        {"content": [[35, 48]], "source": [[19, 26]], "cue": [[28, 34]]},
    ]


def test_packed_polnear_is_what_training_reads(corpus: Path, tmp_path: Path) -> None:
    made = pack("polnear", corpus, tmp_path / "packed")
    assert set(made.values()) == {State.OTHER}
    (article,) = load(tmp_path / "packed", "dev")
    assert [article.text[a:b] for a, b in article.attributions[1]["source"]] == ["Ann Roe"]


def test_what_is_there_is_not_packed_again(corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "polnear-train.jsonl.gz"
    file.write_bytes(b"mine")
    assert pack("polnear", corpus, tmp_path)[file.name] is State.DAMAGED
    assert file.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        ("metadata.tsv", "metadata.tsv is missing"),
        ("dev/text/a_1.txt", "no texts; --from must name"),
        ("dev/attributions/a_1_????.ann", "no annotation of a_1.txt"),
    ],
)
def test_a_wrong_folder_is_named(corpus: Path, gone: str, named: str) -> None:
    for file in corpus.glob(gone):
        file.unlink()
    with pytest.raises(PackError, match=named.replace("?", r"\?")):
        list(polnear(corpus, "dev"))


LINES = """# newdoc id = GUM_news_a
# global.Entity = x
# newpar
# newpar_block = p
# sent_id = a-1
# s_type = frag
# text = We don't.
1\tWe\twe\tPRON\tPRP\t_\t2\tnsubj\t2:nsubj\tEntity=(1)
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No|X=y
2\tdo\tdo\tAUX\tVBP\t_\t0\troot\t0:root\t_
3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t2:advmod\tMSeg=no
3.1\tgo\tgo\tVERB\tVB\t_\t_\t_\t2:conj\tCopyOf=2
4\t.\t.\tPUNCT\t.\t_\t2\tpunct\t2:punct\t_
""".splitlines()
PLAIN = """# newdoc id = GUM_news_a
# newpar
# sent_id = a-1
# text = We don't.
1\tWe\twe\tPRON\tPRP\t_\t2\tnsubj\t_\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
2\tdo\tdo\tAUX\tVBP\t_\t0\troot\t_\t_
3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t_\t_
4\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_
""".splitlines()


def test_plain_treebank_lines_keep_what_training_reads() -> None:
    assert list(plain(LINES)) == PLAIN


def test_documents_come_in_the_packed_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = [line.replace("GUM_news_a", "GUM_news_b") for line in LINES]
    unused = [line.replace("GUM_news_a", "GUM_vlog_c") for line in LINES]
    file = tmp_path / "UD_English-GUM" / "en_gum-ud-dev.conllu"
    file.parent.mkdir()
    file.write_text("\n".join([*LINES, "", *unused, "", *other, "", ""]), encoding="utf-8")
    monkeypatch.setattr(packing, "documents", lambda _: ["GUM_news_b", "GUM_news_a"])
    lines = list(conllu(tmp_path, "some", whole=True))
    assert lines == [*other, "", *LINES, ""]
    monkeypatch.setattr(packing, "documents", lambda _: ["GUM_news_a", "GUM_news_z"])
    with pytest.raises(PackError, match="1 of 2 documents of some are not there"):
        list(conllu(tmp_path, "some", whole=False))


def test_articles_of_entities_are_joined_under_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "documents", lambda _: ["a.tsv"])
    with pytest.raises(PackError, match="processed_annotated"):
        list(worldwide(tmp_path, "some"))
    (tmp_path / "a.tsv").write_text("Ana\tB-Person\n\n", encoding="utf-8")
    assert list(worldwide(tmp_path, "some")) == ["# file a.tsv", "Ana\tB-Person", ""]


def test_every_packed_file_of_documents_has_a_list() -> None:
    assert len(packing.documents("ud-pud-test.conllu.gz")) == 397
    assert len(packing.documents("ner-worldwide-train.tsv.gz")) == 950
    assert packing.documents("polnear-dev.jsonl.gz") == []


def test_packing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.gz", tmp_path / "two.gz"
    for file in (one, two):
        write(file, ["a", "“b”"])
    assert one.read_bytes() == two.read_bytes()
    assert content_sha256(one) == content_sha256(two)
    assert gzip.decompress(one.read_bytes()).decode() == "a\n“b”\n"


def test_a_failure_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(json.JSONDecodeError):
        write(tmp_path / "one.gz", (json.loads("{") for _ in range(1)))
    assert not (tmp_path / "one.gz").exists()
