"""The parser on the shipped models: news tokens and sentences, offsets, isolation, no network."""

import hashlib
import json
import shutil
import socket
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stanza.models.common.chuliu_edmonds import chuliu_edmonds
from stanza.models.common.pretrain import PretrainedWordVocab

from quotes.nlp import spanning_tree, stanza_packages
from quotes.nlp.document import Document, Span
from quotes.nlp.parse import ParseError, Parser
from quotes.nlp.stanza_packages import (
    SHIPPED_DIRECTORY,
    ModelDownloadError,
    ParserLoadError,
    download,
)
from quotes.nlp.training.stanza_data import run_stanza
from quotes.params import Params


class ConnectionOpenedError(AssertionError):
    """Something opened a network connection."""


@pytest.fixture(scope="module")
def parser() -> Parser:
    """The shipped parser, loaded and used once with every connection forbidden."""

    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionOpenedError("a connection was opened while loading or parsing")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        loaded = Parser()
        loaded(Document(text="Ann Lee said no."))
    return loaded


def sentences(doc: Document) -> list[str]:
    return [" ".join(token.text for token in sentence.tokens) for sentence in doc.sentences]


NEWS = [
    pytest.param(
        "He said “it was cold.” She left.",
        ["He said “ it was cold . ”", "She left ."],
        id="curly-marks",
    ),
    pytest.param(
        "Sen. John Smith met Rep. Ann Lee on Jan. 5 at 4 p.m. Tuesday.",
        ["Sen. John Smith met Rep. Ann Lee on Jan. 5 at 4 p.m. Tuesday ."],
        id="titles-and-dates",
    ),
    pytest.param(
        "The U.S. Army left. Troops of the U.S. Marine Corps stayed.",
        ["The U.S. Army left .", "Troops of the U.S. Marine Corps stayed ."],
        id="acronyms",
    ),
    pytest.param(
        "He flew back to the U.S. The army stayed.",
        ["He flew back to the U.S.", "The army stayed ."],
        id="acronym-ends-a-sentence",
    ),
    pytest.param(
        "Mr. Rao works for Acme Inc. in Paris. So does Dr. Wu.",
        ["Mr. Rao works for Acme Inc. in Paris .", "So does Dr. Wu ."],
        id="titles",
    ),
    pytest.param(
        "“Is it cold?” he asked. “It is.”",
        ["“ Is it cold ? ” he asked .", "“ It is . ”"],
        id="question-and-tag",
    ),
    pytest.param(
        "“We can’t go,” she said. “Not now.” The talks went on.",
        ["“ We ca n’t go , ” she said .", "“ Not now . ”", "The talks went on ."],
        id="contraction-in-a-quotation",
    ),
    pytest.param(
        '"We won\'t go," the statement read. "Never."',
        ['" We wo n\'t go , " the statement read .', '" Never . "'],
        id="straight-marks",
    ),
    pytest.param(
        "‘We are ready,’ said the minister. ‘We go.’",
        ["‘ We are ready , ’ said the minister .", "‘ We go . ’"],
        id="single-marks",
    ),
    pytest.param(
        "President George W. Bush spoke. J. K. Rowling did not.",
        ["President George W. Bush spoke .", "J. K. Rowling did not ."],
        id="initials",
    ),
    pytest.param(
        "Troops enter Raqqa\nThe army said\nThe city fell.",
        ["Troops enter Raqqa", "The army said", "The city fell ."],
        id="no-sentence-crosses-a-line",
    ),
    pytest.param(
        "Brett’s dogs and the workers’ cats cannot sleep.",
        ["Brett ’s dogs and the workers ’ cats can not sleep ."],
        id="possessives",
    ),
]


@pytest.mark.parametrize(("text", "expected"), NEWS)
def test_news_text(parser: Parser, text: str, expected: list[str]) -> None:
    assert sentences(parser(Document(text=text))) == expected


def check(doc: Document) -> None:
    """Assert what holds of every parse: order, text, trees, nothing visible lost."""
    assert "parse" in doc.done
    seen = 0
    for sentence in doc.sentences:
        tokens = sentence.tokens
        assert sentence.span == Span(start=tokens[0].span.start, end=tokens[-1].span.end)
        assert seen <= sentence.span.start
        assert not set("\n\r") & set(sentence.span.of(doc.text))
        assert sum(token.head == -1 for token in tokens) == 1
        assert all(-1 <= token.head < len(tokens) for token in tokens)
        for token in tokens:
            shared = sum(other.span == token.span for other in tokens) > 1
            assert token.text == token.span.of(doc.text) or shared
            assert not doc.text[seen : token.span.start].strip()
            seen = token.span.end
    assert not doc.text[seen:].strip()


def test_tree_tags_and_entities(parser: Parser) -> None:
    text = "Angela Merkel told reporters in Berlin that she won't resign."
    doc = parser(Document(text=text))
    check(doc)
    (sentence,) = doc.sentences
    words = {token.text: token for token in sentence.tokens}
    assert words["told"].head == -1
    assert (words["told"].lemma, words["told"].upos, words["told"].xpos) == ("tell", "VERB", "VBD")
    assert sentence.tokens[words["Angela"].head].text == "told"
    assert words["Angela"].deprel == "nsubj"
    assert words["wo"].span.of(text) == "wo"
    found = [(entity.span.of(text), entity.type) for entity in doc.entities]
    assert found == [("Angela Merkel", "Person"), ("Berlin", "Location")]


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_contractions(parser: Parser, apostrophe: str) -> None:
    text = f"Angela Merkel{apostrophe}s aides said we{apostrophe}ve lost but didn{apostrophe}t try."
    doc = parser(Document(text=text))
    check(doc)
    assert [(e.span.of(text), e.type) for e in doc.entities] == [("Angela Merkel", "Person")]
    lemmas = {token.text: token.lemma for token in doc.sentences[0].tokens}
    assert (lemmas[f"{apostrophe}ve"], lemmas[f"n{apostrophe}t"]) == ("have", "not")


@pytest.mark.parametrize("text", ["", " ", "\n\r\n \t\n", "\u2028\x85"])
def test_blank_text_is_an_empty_parse(parser: Parser, text: str) -> None:
    doc = parser(Document(text=text))
    assert (doc.sentences, doc.entities, doc.done) == ((), (), {"parse"})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 5000 + " was here.", id="long-token"),
        pytest.param("Ann said " + "ab/" * 100_000 + " no.", id="encoded-data"),
        pytest.param("word " * 2000, id="long-sentence"),
        pytest.param("“" * 300, id="only-marks"),
        pytest.param("\x00 \ufeffHe\u00a0said\u200b it\x07.", id="control-characters"),
        pytest.param("Grüße 😀👩‍👩‍👧 e\u0301té 中文 said. <PAD> <UNK>", id="other-scripts"),
        pytest.param("\U00010400 said", id="astral"),
    ],
)
def test_odd_text(parser: Parser, text: str) -> None:
    doc = parser(Document(text=text))
    check(doc)
    assert all(len(s.tokens) <= 2 * Params().max_sentence_tokens for s in doc.sentences)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(alphabet="“”‘’\"'.,?!() \n\t\u00a0aéMs1U😀-", max_size=80))
def test_offsets_hold(parser: Parser, text: str) -> None:
    check(parser(Document(text=text)))


def test_batch_equals_one_by_one(parser: Parser) -> None:
    texts = ["Ann Lee said no.", "", "“Yes,” said Bob Day of Rome.\nHe left."]
    docs = [Document(text=text) for text in texts]
    assert parser.batch(docs) == [parser(doc) for doc in docs]
    assert parser.batch(docs) == parser.batch(docs)
    assert parser.batch([]) == []


class Poisoned(Parser):
    """A parser that fails on one text, as Stanza might."""

    def _readings(self, paragraphs: list[str], read: list[Any]) -> list[Any]:
        if "poison" in paragraphs:
            raise IndexError("list index out of range")
        return super()._readings(paragraphs, read)


def test_one_bad_document_does_not_sink_the_batch() -> None:
    parser = Poisoned()
    docs = [Document(text=text) for text in ("Ann left.", "poison", "Bob left.")]
    errors: list[ParseError] = []
    good, bad, other = parser.batch(docs, on_error=errors.append)
    assert (sentences(good), sentences(other)) == (["Ann left ."], ["Bob left ."])
    assert bad == docs[1]
    assert [error.index for error in errors] == [1]
    assert "poison" in str(errors[0])
    with pytest.raises(ParseError, match="document 1"):
        parser.batch(docs)


@pytest.mark.parametrize(
    ("package", "directory", "message"),
    [
        pytest.param("best", None, "choose one of shipped, default", id="unknown"),
        pytest.param("shipped", "empty", "reinstall", id="weights-missing"),
        pytest.param("default", "empty", "download_models --package default", id="not-downloaded"),
    ],
)
def test_load_errors_name_the_remedy(
    tmp_path: Path, package: str, directory: str | None, message: str
) -> None:
    with pytest.raises(ParserLoadError, match=message):
        Parser(package, tmp_path / directory if directory else None)


SENTENCE = """# text = Ann Lee won't go.
1\tAnn\tAnn\tPROPN\tNNP\tNumber=Sing\t5\tnsubj\t_\t_
2\tLee\tLee\tPROPN\tNNP\tNumber=Sing\t1\tflat\t_\t_
3-4\twon't\t_\t_\t_\t_\t_\t_\t_\t_
3\two\twill\tAUX\tMD\t_\t5\taux\t_\t_
4\tn't\tnot\tPART\tRB\t_\t5\tadvmod\t_\t_
5\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
6\t.\t.\tPUNCT\t.\t_\t5\tpunct\t_\t_

"""
SMALL = "--cpu --max_steps 2 --eval_interval 2 --hidden_dim 8 --char_hidden_dim 4 --char_emb_dim 4"


def lay_out_as_official(folder: Path) -> None:
    """Train tiny models of all six kinds and put them where Stanza's own packages lie."""
    names = {p: f"en/{p}/x.pt" for p in ("tokenize", "mwt", "pos", "lemma", "depparse", "ner")}
    for processor, name in names.items():
        (folder / name).parent.mkdir(parents=True)
        if processor in ("tokenize", "mwt", "lemma"):
            shutil.copy(SHIPPED_DIRECTORY / f"{processor}.pt", folder / name)
    (folder / "en" / "pretrain").mkdir()
    words = PretrainedWordVocab(["ann", "go"], lang="en", lower=True)
    vectors = folder / "en/pretrain/glove.pt"
    torch.save({"vocab": words.state_dict(), "emb": torch.zeros(6, 4)}, vectors)
    (folder / "x.conllu").write_text(SENTENCE * 20, "utf-8")
    tagged = [{"text": w, "ner": t} for w, t in (("Ann", "B-PER"), ("Lee", "I-PER"), ("left", "O"))]
    (folder / "x.json").write_text(json.dumps([tagged] * 20), "utf-8")
    for processor, module, file in (
        ("pos", "tagger", "x.conllu"),
        ("depparse", "parser", "x.conllu"),
        ("ner", "ner_tagger", "x.json"),
    ):
        data = f"--train_file {folder / file} --eval_file {folder / file}"
        out = f"--save_dir {folder / 'en' / processor} --save_name x.pt --shorthand en_x"
        vector = f"--wordvec_pretrain_file {vectors}"
        options = f"--mode train {data} {out} {vector} {SMALL}"
        run_stanza(folder, f"stanza.models.{module}", *options.split())
    needs = {"dependencies": [{"model": "pretrain", "package": "glove"}]}
    index: dict[str, Any] = {p: {"x": {"md5": "", **needs}} for p in ("pos", "depparse", "ner")}
    index |= {p: {"x": {"md5": ""}} for p in ("tokenize", "mwt", "lemma")}
    index |= {"pretrain": {"glove": {"md5": ""}}, "lang_name": "English"}
    index["packages"] = {"default": dict.fromkeys(names, "x")}
    (folder / "resources.json").write_text(json.dumps({"en": index}), "utf-8")


def test_official_package_tags_and_parses_by_itself(tmp_path: Path, parser: Parser) -> None:
    """With an official package the words are ours, everything said of them is its own models'."""
    lay_out_as_official(tmp_path)
    doc = Document(text="Angela Merkel won't resign.")
    own, theirs = parser(doc), Parser("default", tmp_path)(doc)
    assert sentences(theirs) == sentences(own)
    (sentence,) = theirs.sentences
    assert [token.upos for token in sentence.tokens] != [t.upos for t in own.sentences[0].tokens]
    assert {token.deprel for token in sentence.tokens} <= {
        "root", "nsubj", "flat", "aux", "advmod", "punct"
    }  # fmt: skip
    assert [token.head for token in sentence.tokens].count(-1) == 1


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index at a closed port of this machine: refused at once, wherever the test runs."""
    monkeypatch.setattr(stanza_packages, "DEFAULT_RESOURCES_URL", "http://127.0.0.1:9")


@pytest.mark.usefixtures("unreachable")
def test_download_without_a_network_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelDownloadError, match=r"'default'.*cannot reach.*HTTPS_PROXY"):
        download("default", tmp_path)


@pytest.mark.usefixtures("unreachable")
def test_download_command_fails_with_a_message(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="needs no download"):
        call_command("download_models", package="default_accurate", dir=tmp_path)


def test_download_gives_up_on_a_silent_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setattr(stanza_packages, "DEFAULT_RESOURCES_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(ModelDownloadError, match="cannot reach"):
            download("default", tmp_path, timeout_s=0.2)


def test_download_of_an_unknown_package(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="choose one of"):
        download("best", tmp_path)


def test_shipped_files_match_the_manifest() -> None:
    manifest = json.loads((SHIPPED_DIRECTORY / "manifest.json").read_text("utf-8"))
    shipped = {p.name for p in SHIPPED_DIRECTORY.glob("*.pt")} | {"resources.json"}
    assert set(manifest["files"]) == shipped
    for name, entry in manifest["files"].items():
        content = (SHIPPED_DIRECTORY / name).read_bytes()
        assert entry == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def scored(rng: np.random.Generator, size: int, *, peaked: bool) -> np.ndarray[Any, Any]:
    scores = rng.normal(size=(size, size)) * 2 - 6
    if peaked:  # as a trained parser's: a random tree stands out
        order = rng.permutation(np.arange(1, size))
        for place, node in enumerate(order):
            scores[node, order[rng.integers(0, place)] if place else 0] += 9
    return scores


@pytest.mark.parametrize("peaked", [True, False])
def test_fast_trees_are_the_same_trees(*, peaked: bool) -> None:
    if not stanza_packages.install_fast_trees():
        pytest.skip("another version of Stanza: its own search is in use")
    rng = np.random.default_rng(7)
    for _ in range(150):
        scores = scored(rng, int(rng.integers(2, 40)), peaked=peaked)
        stock = stanza_packages.stock_tree(scores)
        assert (stanza_packages.depparse_model.chuliu_edmonds_one_root(scores) == stock).all()


@pytest.mark.parametrize("peaked", [True, False])
def test_the_best_tree_has_one_root_and_no_better_one(*, peaked: bool) -> None:
    """Against all trees over few words; the greedy choice is often none of them."""
    rng = np.random.default_rng(11)
    for _ in range(60):
        scores = scored(rng, int(rng.integers(2, 6)), peaked=peaked)
        found = spanning_tree.best_tree(scores, chuliu_edmonds)
        assert found is not None
        places = np.arange(1, len(scores))
        trees = (
            heads
            for heads in product(range(len(scores)), repeat=len(scores) - 1)
            if heads.count(0) == 1 and not spanning_tree.cycles(np.array([0, *heads]))
            if all(head != place for place, head in enumerate(heads, start=1))
        )
        best = max(scores[places, list(heads)].sum() for heads in trees)
        assert scores[places, found[1:]].sum() == pytest.approx(best)


def test_greedy_tree_refuses_two_roots_and_cycles() -> None:
    two_roots = np.array([[0.0, 0, 0], [5, 0, 1], [5, 1, 0]])
    cycle = np.array([[0.0, 0, 0], [1, 0, 5], [1, 5, 0]])
    assert spanning_tree.greedy_tree(two_roots) is None
    assert spanning_tree.greedy_tree(cycle) is None
    (mask,) = spanning_tree.cycles(np.array([0, 2, 1]))
    assert mask.tolist() == [False, True, True]
