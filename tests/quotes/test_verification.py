"""Whether a quotation's words still stand: verified, changed, orphaned; and what its page says."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from quotes import collections, store, verification
from quotes.models import ArticleVersion, Quotation
from quotes.nlp.document import Document
from quotes.verification import State, words_stand
from tests.builders import ROE, UN, provenance, quotation, source

pytestmark = [pytest.mark.django_db, pytest.mark.database]

URL = "https://wire.example/tax"
FIRST = "Rail.\n\nAna Roe said the tax would rise.\n\nIt rained.\n\n“We must,” Ana Roe said."


class Reader:
    """A visitor: reads are public."""

    is_authenticated = False


def stored(
    text: str, said: tuple[str, ...], *, day: int = 3, speaker=ROE, url: str = URL
) -> ArticleVersion:
    found = tuple(quotation(text, words, source="Ana Roe", speaker=speaker) for words in said)
    given_ = source(text, url=url, method="web", retrieved_at=datetime(2026, 3, day, tzinfo=UTC))
    run = store.open_run(provenance())
    return store.record(given_, Document(text=text, quotations=found), run).version


def row_of(version: ArticleVersion, words: str) -> Quotation:
    found = Quotation.objects.for_page().get(version=version, content=words)
    found.version.refresh_from_db(fields=["is_current"])
    return found


def verdict_after(later: str, said: tuple[str, ...], words: str, **fields) -> verification.Verdict:
    """Return how `words` of FIRST stand once the article reads `later`."""
    before = stored(FIRST, ("the tax would rise", "“We must,”"))
    stored(later, said, day=4, **fields)
    return verification.verify(row_of(before, words), Reader())


def test_words_of_the_current_version_are_verified_without_a_query(django_assert_num_queries):
    version = stored(FIRST, ("the tax would rise",))
    found = row_of(version, "the tax would rise")
    with django_assert_num_queries(0):
        verdict = verification.verify(found, Reader())
    assert verdict == verification.Verdict(State.VERIFIED)


@pytest.mark.parametrize(
    ("later", "said", "words", "state"),
    [
        pytest.param(
            FIRST + "\n\nCorrected.",
            ("the tax would rise", "“We must,”"),
            "the tax would rise",
            State.VERIFIED,
            id="the-same-words",
        ),
        pytest.param(
            FIRST.replace("“We must,”", '"We must,"') + " ",
            ('"We must,"',),
            "“We must,”",
            State.VERIFIED,
            id="another-style-of-marks",
        ),
        pytest.param(
            FIRST.replace("would rise", "would not rise"),
            ("the tax would not rise",),
            "the tax would rise",
            State.CHANGED,
            id="a-negation-came",
        ),
        pytest.param(
            "Rail.\n\nIt rained all day.", (), "the tax would rise", State.ORPHANED, id="cut"
        ),
        pytest.param(
            FIRST + "\n\nMore.", (), "the tax would rise", State.VERIFIED, id="unmarked-but-there"
        ),
    ],
)
def test_what_a_later_version_makes_of_it(later, said, words, state):
    assert verdict_after(later, said, words).state is state


def test_what_differs_is_marked():
    later = FIRST.replace("would rise", "would not rise")
    verdict = verdict_after(later, ("the tax would not rise",), "the tax would rise")
    assert "".join(piece.text for piece in verdict.old) == "the tax would rise"
    assert "".join(piece.text for piece in verdict.new) == "the tax would not rise"
    assert "".join(piece.text for piece in verdict.new if piece.differs).strip() == "not"
    assert not [piece for piece in verdict.old if piece.differs]
    assert verdict.means == ["a negation came or went", "other words"]


def test_the_same_words_of_another_speaker_are_verified_and_say_so(client):
    verdict = verdict_after(FIRST + " ", ("the tax would rise",), "the tax would rise", speaker=UN)
    assert verdict.state is State.VERIFIED
    assert verdict.other_speaker
    row = Quotation.objects.get(version__number=1, content="the tax would rise")
    html = client.get(row.get_absolute_url()).content.decode()
    assert "gives the words to <bdi>United Nations</bdi>" in html


@pytest.mark.parametrize(
    ("later", "said", "warns"),
    [
        pytest.param(FIRST + "\n\nMore.", ("the tax would rise",), "", id="stands"),
        pytest.param(
            FIRST.replace("would rise", "would not rise"),
            ("the tax would not rise",),
            "the article has changed since, and has other words there",
            id="changed",
        ),
        pytest.param(
            "Rail.\n\nIt rained.", (), "the article has changed since, and no longer has", id="cut"
        ),
    ],
)
def test_what_is_taken_to_cite_says_first_that_the_article_has_changed(client, later, said, warns):
    verdict_after(later, said, "the tax would rise")
    row = Quotation.objects.get(version__number=1, content="the tax would rise")
    page = row.get_absolute_url()
    for address in (page, f"{page}cite.bib", f"/api/v1/quotations/{row.uid}/citation/"):
        body = client.get(address).content.decode()
        assert ("the article has changed since" in body) == bool(warns)
        assert warns in body
    part = client.get(f"{page}cite/?style=text", headers={"HX-Request": "true"}).content.decode()
    assert warns in part


@pytest.mark.parametrize(
    ("later", "said", "warns"),
    [
        pytest.param(FIRST + "\n\nMore.", ("the tax would rise",), "", id="stands"),
        pytest.param(FIRST + "\n\nMore.", (), "", id="stands, and is not found as a quotation"),
        pytest.param(
            FIRST.replace("would rise", "would not rise"),
            ("the tax would not rise",),
            "Check first: the article has changed since, and has other words there",
            id="changed",
        ),
        pytest.param(
            "Rail.\n\nIt rained.",
            (),
            "Check first: the article has changed since, and no longer has these words",
            id="cut",
        ),
    ],
)
def test_the_first_export_of_an_older_versions_words_says_what_has_changed(
    client, later, said, warns
):
    verdict_after(later, said, "the tax would rise")
    row = Quotation.objects.get(version__number=1, content="the tax would rise")
    jo = User.objects.create_user("jo")
    own = collections.create(jo, "Rail")
    collections.add(own, [row.uid])
    client.force_login(jo)
    for form in ("bibtex", "ris", "csl", "markdown", "html", "text"):
        response = client.post(f"/collections/{own.uid}/export/", {"form": form, "style": "apa"})
        body = b"".join(response) if response.streaming else response.content
        words = " ".join(body.decode().split()).lower()
        assert ("article has changed since" in words) == bool(warns), form
        assert warns.lower() in words, form
    page = client.get(f"/collections/{own.uid}/").content.decode()
    assert "From version 1 of the article, which has a newer one" in page
    page = client.get(f"/collections/{own.uid}/export/").content.decode()
    assert "1 of these is from an older version of its article." in page


def test_many_of_former_versions_cost_what_one_does():
    kept: list[Quotation] = []
    queries = []
    for count in (1, 10):
        for n in range(count):
            url = f"https://wire.example/{count}-{n}"
            for day, text, said in (
                (3, FIRST, ("the tax would rise", "“We must,”")),
                (4, f"{FIRST} {n}", ("the tax would rise",)),
                (5, f"Rail. {n}", ()),
            ):
                stored(text, said, day=day, url=url)
        kept = list(Quotation.objects.select_related("version__article__outlet", "speaker"))
        with CaptureQueriesContext(connection) as asked:
            verdicts = verification.in_currents(kept)
        queries.append(len(asked))
        assert {verdicts[row.pk].state for row in kept} == {State.ORPHANED}
    # the current versions; the quotations of all; pieces and texts of those that are not found
    assert queries == [4, 4]
    assert len(kept) == 33


def test_of_very_long_articles_only_the_text_is_looked_at():
    before = stored(FIRST, ("the tax would rise", "“We must,”"))
    stored(FIRST.replace("We must", "We may") + " ", ("the tax would rise",), day=4)
    found = [row_of(before, words) for words in ("the tax would rise", "“We must,”")]
    verdicts = [verification.verify(row, Reader(), compared_most=1) for row in found]
    assert [verdict.state for verdict in verdicts] == [State.VERIFIED, State.ORPHANED]
    assert all(verdict.found is None for verdict in verdicts)


def test_a_former_version_costs_the_same_however_many_quotations(django_assert_num_queries):
    for count in (1, 10):
        said = tuple(f"fact {n} holds" for n in range(count))
        text = "\n".join(f"Ana Roe said {words}." for words in said) + f"\n{count}"
        before = stored(text, said, day=2 * count)
        stored(text + "\nMore.", said, day=2 * count + 1)
        found = row_of(before, said[0])
        # the current version with its text; how many quotations; those of both versions
        with django_assert_num_queries(3):
            verification.verify(found, Reader())


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE quotes_canonicaltext SET content = replace(content, 'rise', 'fall')", "SHA-256"),
        ("UPDATE quotes_quotationspan SET exact = 'the tax would fall'", "not the stored words"),
        ("DELETE FROM quotes_canonicaltext", "the stored text is missing"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_evidence_that_was_tampered_with_is_orphaned(client, statement, problem):
    if connection.vendor != "sqlite":
        pytest.skip("takes SQLite's guards away")
    found = row_of(stored(FIRST, ("the tax would rise",)), "the tax would rise")
    guards = kept_triggers()
    try:
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            for name in guards:
                cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute(statement)
        response = client.get(found.get_absolute_url())
        html = response.content.decode()
        assert response.status_code == 200
        assert "Words orphaned" in html
        assert problem in html
        assert "Do not rely on this quotation" in html
    finally:
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM quotes_quotationspan")
            for sql in guards.values():
                cursor.execute(sql)


def kept_triggers() -> dict[str, str]:
    """Return the statements of the triggers that guard texts and words, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {name: sql for name, sql in cursor.fetchall() if name.startswith("guard")}


# --- words in a text


@pytest.mark.parametrize(
    ("pieces", "text", "stands"),
    [
        (["“We must,”"], 'He said: "We  must", twice.', True),
        (["the tax"], "the taxes", False),
        (["rise"], "sunrise", False),
        (["one", "two"], "one and two", True),
        (["two", "one"], "one and two", False),
        (["2,500"], "some 2,500 men", True),
        (["a (b"], "say a (b) c", True),
        (["…"], "nothing of it", True),
    ],
)
def test_words_stand_whole_and_in_order(pieces, text, stands):
    assert words_stand(pieces, text) is stands


@given(
    st.lists(st.text(alphabet="ab“” '-\n", min_size=1, max_size=6), max_size=4),
    st.text(alphabet="cd .", max_size=5),
)
def test_pieces_stand_in_the_text_made_of_them(pieces, gap):
    assert words_stand(pieces, f" {gap} ".join(pieces))
