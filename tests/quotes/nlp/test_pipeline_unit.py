"""The extractor without its models: what it is made of, what it prints, what it does not load."""

import gc
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

import quotes.nlp
from quotes.nlp.attribution import attribute
from quotes.nlp.document import Document, Foreign, Span
from quotes.nlp.pipeline import Extractor, as_json
from quotes.params import Params
from tests.quotes.nlp.build import article, name, quote, reported, said

DATA = Path(quotes.nlp.__file__).parent / "data"
ROE = name("Ana Roe", "nsubj>tweeted")


def test_as_json() -> None:
    doc = attribute(
        article(
            said(ROE, verb="tweeted"),
            [quote("prices fell", cue="tweeted", source="Ana Roe", confidence=0.123456)],
            person="Ana Roe",
        ),
        Params(rule_reliability={"name": 0.5}),
    )
    assert as_json(doc, "a-1") == {
        "id": "a-1",
        "language": "",
        "note": None,
        "skipped": [],
        "quotes": [
            {
                "content": [[16, 27]],
                "cue": [[8, 15]],
                "source": [[0, 7]],
                "kind": "indirect",
                "act": "speech",
                "factuality": "factual",
                "speaker": "Ana Roe",
                "medium": "Twitter",
                "confidence": 0.1235,
                "speaker_confidence": 0.0617,
            }
        ],
    }


def test_as_json_says_null_where_nothing_is_known() -> None:
    doc = attribute(article(said("she/PRON/nsubj>said"), [quote("prices fell")]))
    (found,) = as_json(doc, 7)["quotes"]
    assert (found["speaker"], found["medium"]) == (None, None)
    assert (found["cue"], found["source"]) == ([], [])


@pytest.mark.parametrize("on", [True, False])
def test_garbage_collection_rests_while_texts_are_read(
    monkeypatch: pytest.MonkeyPatch, *, on: bool
) -> None:
    """Afterwards it is as it was, also after an error."""
    extractor = Extractor()
    seen = []

    def fails(_docs: object) -> list[Document]:
        seen.append(gc.isenabled())
        raise MemoryError

    monkeypatch.setattr(extractor, "_read", fails)
    if not on:
        gc.disable()
    try:
        with pytest.raises(MemoryError):
            extractor("The minister said that taxes would fall.")
        assert (seen, gc.isenabled()) == ([False], on)
    finally:
        gc.enable()


def test_as_json_of_no_quotations() -> None:
    found = as_json(article(said("she/PRON/nsubj>said")), None)
    assert (found["id"], found["quotes"]) == (None, [])


def test_as_json_says_what_was_not_read() -> None:
    spanish = Foreign(span=Span(start=0, end=4), language="es")
    doc = Document(text="Sí, no.\nNo.", language="en", foreign=(spanish,))
    assert as_json(doc, 1) == {
        "id": 1,
        "language": "en",
        "note": "passages not extracted, by language: Spanish (1)",
        "skipped": [{"start": 0, "end": 4, "language": "es"}],
        "quotes": [],
    }


def test_as_json_keeps_the_order_and_the_pieces() -> None:
    doc = attribute(
        article(
            f"{said('she/PRON/nsubj>said')}\n{said('she/PRON/nsubj>said', 'rents')}",
            [quote("prices", "fell"), reported("She", "rents")],
        )
    )
    first, second = as_json(doc, 0)["quotes"]
    assert len(first["content"]) == 2
    assert second["content"][0][0] > first["content"][-1][1]


def test_no_texts_need_no_model() -> None:
    extractor = Extractor(directory=Path("no-such-folder"))
    assert list(extractor.batch([])) == []


def test_provenance_names_every_lexicon_and_threshold() -> None:
    made_of = Extractor().provenance
    for path in DATA.iterdir():
        assert made_of.lexicons[path.name] == sha256(path.read_bytes()).hexdigest()
    assert {"antecedent_window_sentences", "rule_reliability.pronoun"} <= set(made_of.params)
    assert made_of.models
    assert len(made_of.code_sha256) == 64
    for library in ("stanza", "onnxruntime", "tokenizers", "py3langid"):
        assert library in made_of.code_version
    # A run's row holds so much: of a longer one the last library was cut off.
    assert len(made_of.code_version) <= 100


def test_provenance_is_stable_and_tells_thresholds_apart() -> None:
    fingerprint = Extractor().provenance.fingerprint
    assert Extractor().provenance.fingerprint == fingerprint
    other = Extractor(params=Params(antecedent_window_sentences=3)).provenance
    assert other.fingerprint != fingerprint


def test_the_types_are_imported_without_the_models() -> None:
    """The library's types are used where loading PyTorch would be felt: pages, commands' --help."""
    code = "import sys, quotes.nlp; sys.exit('torch' in sys.modules or 'stanza' in sys.modules)"
    root = Path(quotes.nlp.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0  # noqa: S603


def test_public_names_can_be_imported() -> None:
    for public in quotes.nlp.__all__:
        assert getattr(quotes.nlp, public)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Extractr'"):
        _ = quotes.nlp.Extractr
