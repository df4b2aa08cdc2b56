"""JSON-LD and PROV-JSON as the standards have them; who is unsure is never stated as a fact."""

import json
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from quotes import store
from quotes.formats import QUOTATION_FORMATS, About, by_name
from quotes.models import Change, Decision, Quotation, SpeakerLink
from quotes.nlp.document import Document
from tests import builders

pytestmark = pytest.mark.django_db
FORMATS = by_name(QUOTATION_FORMATS)
# The terms of http://www.w3.org/ns/anno.jsonld that are in use here.
TERMS = {
    "id", "type", "motivation", "creator", "created", "modified", "body", "target", "purpose",
    "format", "value", "source", "selector", "exact", "prefix", "suffix", "start", "end", "state",
    "sourceDate", "cached", "name", "label", "total", "first", "partOf", "startIndex", "items",
    "next", "prev", "@context",
}  # fmt: skip
TYPES = {
    "Annotation", "AnnotationPage", "AnnotationCollection", "TextualBody", "SpecificResource",
    "TextQuoteSelector", "TextPositionSelector", "TimeState", "Software",
}  # fmt: skip
# Quotation's own properties and those of Thing and CreativeWork, as schema.org lists them.
SCHEMA = {
    "Quotation": {
        "text", "creator", "spokenByCharacter", "isBasedOn", "isPartOf", "inLanguage", "identifier",
        "datePublished", "description", "url",
    },
    "NewsArticle": {
        "headline", "author", "publisher", "articleSection", "inLanguage", "datePublished", "url",
        "archivedAt",
    },
    "Person": {"name", "description", "sameAs", "url"},
    "Organization": {"name", "description", "sameAs", "url"},
    "CreativeWork": {"name", "description", "sameAs", "url"},
}  # fmt: skip
# What PROV-JSON lets each relation name (W3C Member Submission, 24 April 2013).
RELATIONS = {
    "wasGeneratedBy": {"entity", "activity", "time"},
    "used": {"activity", "entity", "time"},
    "wasInvalidatedBy": {"entity", "activity", "time"},
    "wasDerivedFrom": {"generatedEntity", "usedEntity", "activity", "type"},
    "wasAttributedTo": {"entity", "agent"},
    "wasAssociatedWith": {"activity", "agent", "plan"},
}


def document(name, quotation):
    (row,) = FORMATS[name].load(Quotation.objects.filter(pk=quotation.pk))
    return json.loads(FORMATS[name].item(row))


def change(quotation, **fields):
    Quotation.objects.filter(pk=quotation.pk).update(**fields)


def nodes(value):
    """Yield each object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            yield from nodes(inner)


# --- Web Annotation


@pytest.mark.parametrize("part_of", ["", "https://quotes.example/all"])
def test_annotations_use_the_words_of_the_context(quotation, part_of):
    about = About("https://quotes.example/1", "All", part_of, part_of and "https://q.example/2")
    rows = FORMATS["annotation"].load(Quotation.objects.order_by("pk"))
    found = json.loads(FORMATS["annotation"].document(rows, about))
    assert found["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    for node in nodes({k: v for k, v in found.items() if k != "@context"}):
        assert {key for key in node if not key.startswith("qt:")} <= TERMS
        assert node.get("type", "Annotation") in TYPES
    page = found if part_of else found["first"]
    assert (found["type"], page["type"]) == (
        "AnnotationPage" if part_of else "AnnotationCollection",
        "AnnotationPage",
    )
    assert next(item["id"] for item in page["items"]).endswith(quotation.get_absolute_url())


def test_an_annotation_selects_the_words(quotation):
    found = document("annotation", quotation)
    (target,) = found["target"]
    assert target["source"] == "https://example.org/rail"
    quote, place = target["selector"]
    text = quotation.version.text.content
    assert quote == {
        "type": "TextQuoteSelector",
        "exact": "the café tax would rise",
        "prefix": text[max(0, place["start"] - 32) : place["start"]],
        "suffix": text[place["end"] : place["end"] + 32],
    }
    assert target["state"]["type"] == "TimeState"
    assert target["state"]["sourceDate"] == "2026-03-04T12:00:00Z"
    assert target["state"]["cached"].endswith(quotation.version.get_absolute_url())


def test_each_piece_has_its_own_context(record):
    text = "“No,” she said, “never,” and left."
    found = builders.quotation(text, ("“No,”", "“never,”"), kind="direct", speaker=builders.ROE)
    version = record(builders.source(text), Document(text=text, quotations=(found,))).version
    first, second = document("annotation", version.quotations.get())["target"]
    assert first["selector"][0] == {
        "type": "TextQuoteSelector", "exact": "“No,”", "prefix": "",
        "suffix": " she said, “never,” and left.",
    }  # fmt: skip
    assert second["selector"][0]["prefix"] == "“No,” she said, "
    assert second["selector"][0]["suffix"] == " and left."


# --- schema.org


def test_schema_org_uses_its_own_words(quotation):
    quotation.speaker.wikidata_id = "Q42"
    quotation.speaker.save()
    found = document("schemaorg", quotation)
    assert found["@context"][0] == "https://schema.org"
    for node in nodes({k: v for k, v in found.items() if k != "@context"}):
        own = {key for key in node if not key.startswith(("qt:", "@"))}
        assert own <= SCHEMA[node["@type"]]
    assert found["isPartOf"]["headline"] == "Rail tax to rise"
    assert found["isPartOf"]["author"] == ["Jo Bloggs"]  # no name that is surely a person's


@pytest.mark.parametrize(
    ("fields", "relation"),
    [
        ({"kind": "direct"}, "creator"),
        ({"kind": "mixed"}, "creator"),
        pytest.param({"kind": "indirect"}, "spokenByCharacter", id="not-the-speaker-s-words"),
        pytest.param({"kind": "direct", "act": "attitude"}, None, id="nobody-need-have-said-it"),
        pytest.param({"kind": "direct", "speaker_confidence": 0.4}, None, id="unsure"),
        pytest.param({"kind": "direct", "speaker_kind": "anonymous"}, None, id="anonymous"),
        pytest.param({"kind": "direct", "speaker_kind": "document"}, "isBasedOn", id="document"),
    ],
)
def test_who_is_stated_as_the_speaker(quotation, fields, relation):
    change(quotation, **fields)
    found = document("schemaorg", quotation)
    stated = {name for name in ("creator", "spokenByCharacter", "isBasedOn") if name in found}
    assert stated == ({relation} if relation else set())


# --- doubt in every format


@pytest.mark.parametrize(
    ("fields", "attribution"),
    [
        ({"speaker_confidence": 0.4}, "unsure"),
        ({"speaker_kind": "anonymous", "speaker": None}, "anonymous"),
    ],
)
def test_doubt_is_in_every_format_and_no_fact_is_made_of_it(quotation, fields, attribution):
    SpeakerLink.objects.update(score=1.0)
    change(quotation, **fields)
    confidence = fields.get("speaker_confidence", quotation.speaker_confidence)
    line = document("jsonl", quotation)
    assert (line["attribution"], line["speaker_confidence"]) == (attribution, confidence)
    annotation = document("annotation", quotation)
    assert annotation["qt:attribution"] == attribution
    assert annotation["qt:speakerConfidence"] == confidence
    assert "identifying" not in {body["purpose"] for body in annotation["body"]}
    node = document("schemaorg", quotation)
    assert (node["qt:attribution"], node["qt:speakerConfidence"]) == (attribution, confidence)
    assert not {"creator", "spokenByCharacter"} & node.keys()
    prov = document("prov", quotation)
    entity = prov["entity"][f"quote:{quotation.uid}"]
    assert entity["qt:attribution"] == attribution
    assert float(entity["qt:speakerConfidence"]["$"]) == confidence
    assert not any(name.startswith("speaker:") for name in prov["agent"])


# --- PROV-JSON


def check_prov(found):
    """Assert that what relations name is there, in the attributes that they have."""
    kinds = {"entity", "activity", "agent"}
    assert set(found) <= {"prefix", *kinds, *RELATIONS}
    for kind in kinds:
        for name, attributes in found[kind].items():
            assert name.partition(":")[0] in found["prefix"]
            assert all(key.startswith(("prov:", "qt:")) for key in attributes)
    for kind, allowed in RELATIONS.items():
        for relation in found.get(kind, {}).values():
            assert {key[5:] for key in relation if key.startswith("prov:")} <= allowed
            for role in ("entity", "generatedEntity", "usedEntity"):
                assert relation.get(f"prov:{role}", next(iter(found["entity"]))) in found["entity"]
            assert relation.get("prov:activity", next(iter(found["activity"]))) in found["activity"]
            assert relation.get("prov:agent", next(iter(found["agent"]))) in found["agent"]


def derivations(found):
    return {
        (one["prov:generatedEntity"], one["prov:usedEntity"]): one.get("prov:type", {}).get("$")
        for one in found["wasDerivedFrom"].values()
    }


def test_where_a_quotation_comes_from(quotation):
    found = document("prov", quotation)
    check_prov(found)
    version = f"version:{quotation.version.article.uid}-1"
    raw = f"bytes:{quotation.version.source_sha256}"
    quote = f"quote:{quotation.uid}"
    assert derivations(found) == {(quote, version): "prov:Quotation", (version, raw): None}
    assert "outlet:the-daily-wire" in found["agent"]
    assert "speaker:ana-roe" in found["agent"]
    assert found["entity"][quote]["prov:value"] == quotation.content


def test_what_people_corrected_is_a_revision_by_a_pseudonym(quotation):
    ann = User.objects.create_user("ann.reviewer", email="ann@example.org")
    for kind in ("span", "confirm", "speaker"):
        Decision.objects.create(
            uid=uuid4(),
            kind=kind,
            by=ann,
            by_name="ann.reviewer",
            quotation=quotation,
            why="secret",
        )
    change(quotation, review="corrected")
    found = document("prov", quotation)
    check_prov(found)
    quote, readings = f"quote:{quotation.uid}", f"reading:{quotation.uid}"
    assert derivations(found)[(quote, f"{readings}-1")] == "prov:Revision"
    assert derivations(found)[(f"{readings}-1", f"{readings}-0")] == "prov:Revision"
    made = {one["prov:entity"]: one["prov:activity"] for one in found["wasGeneratedBy"].values()}
    assert made[f"{readings}-0"].startswith("extraction:")
    assert made[quote].startswith("decision:")
    (reviewer,) = (name for name in found["agent"] if name.startswith("reviewer:"))
    assert found["agent"][reviewer] == {"prov:type": {"$": "prov:Person", "type": "xsd:QName"}}
    words = json.dumps(found)
    assert "ann" not in words.replace("annotation", "")
    assert "secret" not in words


def test_what_was_undone_revised_nothing(quotation):
    first = Decision.objects.create(uid=uuid4(), kind="span", by_name="x", quotation=quotation)
    Decision.objects.create(
        uid=uuid4(), kind="undo", by_name="x", quotation=quotation, undoes=first
    )
    found = document("prov", quotation)
    check_prov(found)
    assert "prov:Revision" not in derivations(found).values()
    assert found["activity"][f"decision:{first.uid}"]["qt:undone"] == "true"


def test_what_ended_a_quotation(quotation, rail):
    rejected = Decision.objects.create(uid=uuid4(), kind="reject", by_name="x", quotation=quotation)
    change(quotation, status="rejected", review="rejected")
    found = document("prov", quotation)
    check_prov(found)
    (one,) = found["wasInvalidatedBy"].values()
    assert one["prov:activity"] == f"decision:{rejected.uid}"
    run = store.open_run(builders.provenance("2"))
    lost = store.record(
        builders.source(url="https://example.org/rail"), Document(text=builders.RAIL), run
    )
    other = rail.quotations.get(position=1)
    Change.objects.get_or_create(extraction=lost, quotation=other, kind="gone")
    change(other, status="gone")
    found = document("prov", other)
    check_prov(found)
    (one,) = found["wasInvalidatedBy"].values()
    assert one["prov:activity"].startswith(f"extraction:{run.uid}")
