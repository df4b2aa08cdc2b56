"""Files of known speakers: what is taken, what is refused and why, and that again is no news."""

import json

import pytest
from django.core.management import CommandError, call_command

from quotes.models import Speaker, SpeakerName, SpeakerSuggestion
from quotes.nlp.document import Document, SpeakerKind
from quotes.nlp.document import Speaker as Found
from tests.builders import quotation, source

pytestmark = [pytest.mark.django_db, pytest.mark.database]

CSV = """name,kind,aliases,wikidata_id,description
Luiz Inácio Lula da Silva,person,Lula|Lula da Silva,Q37181,president of Brazil
Sorbian Dairy Farmers,,SDF,,
John Smith,person,,,
"""
UN = {
    "item": {"type": "uri", "value": "http://www.wikidata.org/entity/Q1065"},
    "itemLabel": {"type": "literal", "xml:lang": "en", "value": "United Nations"},
    "itemAltLabel": {"type": "literal", "value": "UN, UNO"},
    "itemDescription": {"type": "literal", "value": "organisation"},
}
ENTITY = {
    "id": "Q10230",
    "labels": {"en": {"language": "en", "value": "Bharatiya Janata Party"}},
    "aliases": {"en": [{"language": "en", "value": "BJP"}, {"language": "en", "value": "bjp"}]},
    "descriptions": {"en": {"language": "en", "value": "political party in India"}},
    "claims": {"P31": [{"mainsnak": {"datavalue": {"value": {"id": "Q7278"}}}}]},
}
HUMAN = {
    "id": "Q1",
    "labels": {"en": {"value": "Ana Roe"}},
    "claims": {"P31": [{"mainsnak": {"datavalue": {"value": {"id": "Q5"}}}}]},
}


@pytest.fixture
def take(tmp_path, capsys):
    """Import a text from a file of the name; return what was printed and what was refused."""

    def taken(text, name="speakers.csv", **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        try:
            call_command("import_speakers", str(path), **options)
        except CommandError as error:
            refused = str(error)
        else:
            refused = ""
        out, err = capsys.readouterr()
        return out.strip(), err.replace(str(path), name), refused

    return taken


def test_csv(take):
    out, *_ = take(CSV)
    assert out == "Speakers: 3 new, 0 named, 0 known, 0 refused"
    lula = Speaker.objects.get(wikidata_id="Q37181")
    assert (lula.name, lula.kind, lula.slug) == (
        "Luiz Inácio Lula da Silva",
        "person",
        "luiz-inacio-lula-da-silva",
    )
    assert lula.description == "president of Brazil"
    names = dict(lula.names.values_list("name", "reason"))
    assert names == dict.fromkeys(
        ("Luiz Inácio Lula da Silva", "Lula", "Lula da Silva"), "imported"
    )
    assert Speaker.objects.get(name="Sorbian Dairy Farmers").kind == "organisation"


def test_again_is_no_news(take):
    take(CSV)
    before = list(Speaker.objects.values()), list(SpeakerName.objects.values())
    assert take(CSV)[0] == "Speakers: 0 new, 0 named, 3 known, 0 refused"
    assert (list(Speaker.objects.values()), list(SpeakerName.objects.values())) == before


def test_a_known_speaker_gets_what_it_lacks_and_keeps_what_it_has(take, record):
    said = quotation(source().text, "the café tax would rise", speaker=_person("Ana Roe"))
    record(source(), Document(text=source().text, quotations=(said,)))
    heading = "name,kind,aliases,wikidata_id,description\n"
    out, *_ = take(heading + "Ana Roe,person,Anita Roe,Q7,minister\n")
    assert out == "Speakers: 0 new, 1 named, 0 known, 0 refused"
    row = Speaker.objects.get()
    assert (row.wikidata_id, row.description) == ("Q7", "minister")
    take(heading + "Anne Other,person,,Q7,astronaut\n")
    row.refresh_from_db()
    assert (row.name, row.description) == ("Ana Roe", "minister")
    assert row.names.filter(name="Anne Other").exists()


def test_an_alias_of_one_word_links_where_the_role_agrees(take, record):
    take(CSV)
    for number, role in enumerate(("Brazilian president", "footballer")):
        text = f"{number} {source().text}"
        said = quotation(text, "the café tax would rise", speaker=_person("Lula", role))
        record(source(text), Document(text=text, quotations=(said,)))
    lula = Speaker.objects.get(wikidata_id="Q37181")
    assert [link.role for link in lula.links.all()] == ["Brazilian president"]


def test_who_may_be_stored_already_is_suggested_not_merged(take, record):
    said = quotation(source().text, "the café tax would rise", speaker=_person("Bill Featherstone"))
    record(source(), Document(text=source().text, quotations=(said,)))
    take("name,kind\nWilliam Featherstone,person\n")
    pair = SpeakerSuggestion.objects.get()
    assert {pair.one.name, pair.other.name} == {"Bill Featherstone", "William Featherstone"}
    assert "short form" in pair.reason


@pytest.mark.parametrize(
    ("document", "name"),
    [
        pytest.param({"head": {}, "results": {"bindings": [UN]}}, "x.json", id="sparql-results"),
        pytest.param(
            [{key: cell["value"] for key, cell in UN.items()}], "x.json", id="query-service"
        ),
    ],
)
def test_results_of_a_query(take, document, name):
    assert take(json.dumps(document), name)[0] == "Speakers: 1 new, 0 named, 0 known, 0 refused"
    row = Speaker.objects.get()
    assert (row.name, row.wikidata_id, row.kind) == ("United Nations", "Q1065", "organisation")
    assert set(row.names.values_list("name", flat=True)) == {"United Nations", "UN", "UNO"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps({"entities": {"Q10230": ENTITY, "Q1": HUMAN}}), id="entity-data"),
        pytest.param(json.dumps([ENTITY, HUMAN]), id="list"),
        pytest.param(f"[\n{json.dumps(ENTITY)},\n{json.dumps(HUMAN)}\n]", id="dump"),
        pytest.param(f"{json.dumps(ENTITY)}\n{json.dumps(HUMAN)}\n", id="lines"),
    ],
)
def test_entities(take, text):
    assert take(text, "dump.json")[0] == "Speakers: 2 new, 0 named, 0 known, 0 refused"
    party = Speaker.objects.get(wikidata_id="Q10230")
    assert (party.name, party.kind) == ("Bharatiya Janata Party", "organisation")
    assert Speaker.objects.get(wikidata_id="Q1").kind == "person"


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        pytest.param("a,b\n", "a.csv", "a.csv: its first line has no column “name”", id="heading"),
        pytest.param("", "a.csv", "no column “name”", id="empty"),
        pytest.param("name,age\nA,3\n", "a.csv", "unknown or repeated columns (age)", id="column"),
        pytest.param("name\nOk Co\n…\n", "a.csv", "a.csv:3: has no name", id="no-name"),
        pytest.param("name,kind\nA B,robot\n", "a.csv", "a.csv:2: 'robot' is no kind", id="kind"),
        pytest.param("name,kind\nA B,anonymous\n", "a.csv", "is no kind", id="anonymous"),
        pytest.param("name,wikidata_id\nA B,X1\n", "a.csv", "no Wikidata identifier", id="qid"),
        pytest.param(f"name\n{'x' * 301}\n", "a.csv", "has 301 characters", id="long"),
        pytest.param("name\nA,B\n", "a.csv", "2 cells for 1 columns", id="cells"),
        pytest.param('name\n"A\n', "a.csv", "line 2 is no CSV", id="quote"),
        pytest.param(
            "name,wikidata_id\nA B,Q3\nC D,Q3\n", "a.csv", "Q3 stands in line 2 already", id="twice"
        ),
        pytest.param("{}", "a.json", "JSON of another shape", id="shape"),
        pytest.param('"x"', "a.json", "JSON of another shape", id="string"),
        pytest.param("[3]", "a.json", "a.json:1: is no JSON object", id="number"),
        pytest.param("[{}]", "a.json", "neither “itemLabel” nor “name”", id="variables"),
        pytest.param('{"id": "Q1"\n', "a.json", "a.json:1: is no JSON", id="broken"),
        pytest.param('[{"itemLabel": "Q55"}]', "a.json", "Q55 has no label", id="no-label"),
        pytest.param('[{"itemLabel": 5}]', "a.json", "its name is no text but '5'", id="type"),
        pytest.param(
            '{"entities": {"Q1": {"id": "Q1", "missing": ""}}}',
            "a.json",
            "is missing",
            id="missing",
        ),
        pytest.param('[{"id": "Q1", "labels": {}}]', "a.json", "no English label", id="language"),
    ],
)
def test_what_is_refused(take, text, name, said):
    _, err, refused = take(text, name)
    assert said in err
    assert refused == "1 refused; the reasons are above"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_speakers", str(tmp_path / "none.csv"))


def _person(name, role=None):
    return Found(name=name, kind=SpeakerKind.PERSON, role=role)
