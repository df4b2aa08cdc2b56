"""The page of an article: long ones in parts, filtered by speaker, marks and list together."""

import re

import pytest

from quotes import article_pages
from quotes.models import ArticleVersion
from quotes.nlp.document import Act, Document, Kind, SpeakerKind
from quotes.nlp.document import Speaker as Found
from quotes.params import PAGES
from tests.builders import ROE, quotation, source, span
from tests.quotes.test_views import read, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DOE = Found(name="Jon Doe", kind=SpeakerKind.PERSON)
LINES, DOE_FROM = 240, 180


@pytest.fixture
def book(record) -> ArticleVersion:
    """A text of some 37 000 characters: line n quotes `fact n`, by Jon Doe from line 180 on."""
    text = "".join(
        f"Line {n} begins here {'and goes on ' * 9}and fact{n} is so, {who} said.\n"
        for n in range(LINES)
        for who in ("Jon Doe" if n >= DOE_FROM else "Ana Roe",)
    )
    found = tuple(
        quotation(text, f"fact{n} is so", speaker=DOE if n >= DOE_FROM else ROE)
        for n in range(LINES)
    )
    given = source(text, title="A book", url="https://example.org/book", published_on="2026-03-04")
    return record(given, Document(text=text, quotations=found)).version


def parts_shown(client, version: ArticleVersion, query: str = "") -> list:
    """Return all parts as one reads on, by the links to the next."""
    address = version.get_absolute_url() + query
    pages = [read(client, address)]
    while further := [link for link in pages[-1].links if re.search(r"part=\d+$", link)]:
        number = int(further[-1].rsplit("=")[-1])
        if number <= len(pages):
            break
        pages.append(read(client, f"{version.get_absolute_url()}{further[-1]}"))
    return pages


def marked(page) -> list[str]:
    return [name for name in page.ids if name.startswith("q-")]


def test_a_short_article_is_shown_whole(client, rail):
    page = read(client, rail.get_absolute_url())
    assert page.inside["article-text"] == rail.text.content
    assert "parts" not in words(page)


def test_all_of_a_long_article_can_be_reached_without_a_script(client, book):
    assert len(book.text.content) > PAGES.article_whole_chars
    pages = parts_shown(client, book)
    assert len(pages) > 4
    assert f"shown in {len(pages)} parts" in words(pages[0])
    anchors = [name for page in pages for name in marked(page)]
    assert len(anchors) == len(set(anchors)) == LINES
    rows = list(book.quotations.order_by("position"))
    assert anchors == [f"q-{row.uid}" for row in rows]
    paragraphs = [name for page in pages for name in page.ids if re.fullmatch(r"p\d+", name)]
    assert paragraphs == [f"p{n}" for n in range(1, LINES + 1)]


def test_a_quotation_and_a_paragraph_lead_to_their_part(client, book):
    last = book.quotations.order_by("position").last()
    assert last.get_article_url().endswith(f"?quote={last.uid}#q-{last.uid}")
    page = read(client, last.get_article_url())
    assert f"q-{last.uid}" in page.ids
    assert f"s-{last.uid}" in page.ids
    assert "p230" in read(client, f"{book.get_absolute_url()}?paragraph=230").ids
    assert last.get_article_url() in read(client, last.get_absolute_url()).links


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("part=3", 200),
        ("part=60", 404),
        ("part=0", 400),
        ("part=x", 400),
        ("quote=none", 200),
        ("quote=%22%3E", 400),
        ("paragraph=100000", 200),
        ("speaker=nobody", 200),
        ("speaker=%00", 400),
    ],
)
def test_odd_addresses_have_an_answer(client, book, query, status):
    read(client, f"{book.get_absolute_url()}?{query}", status)


def test_htmx_gets_the_part_alone(client, book):
    response = client.get(f"{book.get_absolute_url()}?part=2&run=1", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert "<html" not in html
    assert html.startswith('<div class="reader" id="part-2">')
    assert "HX-Request" in response.headers["Vary"]
    whole = client.get(f"{book.get_absolute_url()}?part=2").content.decode()
    assert "<html" in whole


def test_parts_come_by_themselves_a_few_times_only(client, book):
    first = client.get(book.get_absolute_url()).content.decode()
    assert 'hx-get="?part=2&amp;run=1" hx-trigger="revealed' in first
    later = client.get(f"{book.get_absolute_url()}?part=2&run=2", headers={"HX-Request": "true"})
    assert 'hx-get="?part=3" hx-target' in later.content.decode()


# --- by speaker


def test_an_article_is_filtered_by_speaker(client, book):
    page = read(client, book.get_absolute_url())
    assert "?speaker=jon-doe" in " ".join(page.links)
    slug = book.quotations.get(content="fact239 is so").speaker.slug
    page = read(client, f"{book.get_absolute_url()}?speaker={slug}")
    assert "60 of 240 are by Jon Doe; only these are marked" in words(page)
    first = book.quotations.get(content="fact180 is so")
    assert f"q-{first.uid}" in page.ids, "it opens where Doe is quoted first"
    assert "Ana Roe" not in page.inside[f"s-{first.uid}"]
    start = read(client, f"{book.get_absolute_url()}?speaker={slug}&part=1")
    assert marked(start) == []
    assert f"?speaker={slug}&quote={first.uid}#q-{first.uid}" in start.links


def test_speakers_beyond_those_listed_are_counted(book, monkeypatch):
    monkeypatch.setattr(article_pages, "_FOLDED_SPEAKERS", 1)
    shown, folded, others = article_pages.choices(article_pages.lines_of(book.quotations), None)
    assert [one.speaker.name for one in shown] == ["Ana Roe"]
    assert (folded, others) == ([], 1)


def test_numbers_are_the_articles_whatever_is_filtered(client, book):
    row = book.quotations.get(content="fact180 is so")
    page = read(client, f"{book.get_absolute_url()}?speaker={row.speaker.slug}&quote={row.uid}")
    assert page.inside[f"s-{row.uid}"].strip().startswith("181")


def test_a_speaker_who_says_nothing_here_is_told(client, rail, book):
    slug = book.quotations.get(content="fact239 is so").speaker.slug
    page = read(client, f"{rail.get_absolute_url()}?speaker={slug}")
    assert "No quotation here is by Jon Doe" in words(page)
    assert marked(page) == []


def test_one_speaker_is_nothing_to_choose_from(client, rail):
    assert not [link for link in read(client, rail.get_absolute_url()).links if "speaker=" in link]


# --- marks and list


def test_marks_and_list_lead_to_each_other(client, rail):
    page = read(client, rail.get_absolute_url())
    for row in rail.quotations.all():
        assert {f"#s-{row.uid}", f"#q-{row.uid}", row.get_absolute_url()} <= set(page.links)
        assert {f"s-{row.uid}", f"q-{row.uid}"} <= set(page.ids)


def test_each_quotation_leads_to_its_words_at_the_publisher(client, rail):
    links = read(client, rail.get_absolute_url()).links
    assert "https://example.org/rail#:~:text=the%20caf%C3%A9%20tax%20would%20rise" in links


def test_what_goes_on_in_the_next_part_is_marked_there_too(client, record):
    filler = "Words that nobody says go on and on here.\n" * 450
    text = f"{filler}She said: “It begins here.\n{'And it goes on.' * 200}\nIt ends.”\n{filler}"
    start, end = text.index("“It"), text.index("ends.”") + 6
    found = quotation(text, text[start:end], speaker=ROE, kind=Kind.DIRECT)
    version = record(source(text), Document(text=text, quotations=(found,))).version
    row = version.quotations.get()
    pages = parts_shown(client, version)
    having = [page for page in pages if f"q-{row.uid}" in page.ids]
    assert len(having) == 1
    html = [
        client.get(f"{version.get_absolute_url()}?part={n}").content.decode()
        for n in range(1, len(pages) + 1)
    ]
    assert sum(f'data-q="{row.uid}"' in one for one in html) >= 1
    texts = [re.search(r'<div class="article-text".*?</div>', one, re.DOTALL) for one in html]
    assert all(texts)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\n\n"])
def test_every_part_has_what_reaches_into_it(record, end):
    lines = [f"Line {n} goes on {'and on ' * 90}to its end." for n in range(60)]
    lines[5], lines[40] = "First, “we begin”, she said.", "Then “we end”, she said."
    lines[7] = "She said: “It begins"
    lines[30] = "and ends”."
    lines[32] = "Now “that is all”, she said."
    text = end.join(lines)
    long = text[text.index("“It") : text.index("ends”") + 5]
    said = (("“we begin”", "“we end”"), long, "“that is all”")
    found = tuple(quotation(text, words, speaker=ROE, kind=Kind.DIRECT) for words in said)
    version = record(source(text), Document(text=text, quotations=found)).version
    parts = article_pages.text_parts(version)
    quotes = version.quotations.all()
    lines = {line: number for number, line in enumerate(article_pages.lines_of(quotes), start=1)}
    for part in parts:
        inside = {
            row.position
            for row in quotes
            for one in row.spans_of("content")
            if one.start < part.end and one.end > part.start
        }
        shown = article_pages.shown_part(version, parts, part, quotes, lines)
        marked = {
            one.target.number - 1 for block in shown.blocks for one in block.segments if one.target
        }
        assert marked == inside, part
    assert len(parts) > 3


def test_beliefs_keep_their_own_numbers(client, record):
    text = "Ana Roe hopes that it rains. Ana Roe said that it snows.\n"
    hope = quotation(text, "that it rains", speaker=ROE, act=Act.ATTITUDE)
    said = quotation(text, "that it snows", source=(span(text, "Ana Roe", 1),), speaker=ROE)
    version = record(source(text), Document(text=text, quotations=(hope, said))).version
    row = version.quotations.get(act="speech")
    for query, number in (("", "1"), ("?attitudes=on", "2")):
        page = read(client, f"{version.get_absolute_url()}{query}")
        assert page.inside[f"s-{row.uid}"].strip().startswith(number)


def test_where_quotations_are_many_the_one_asked_for_is_listed(client, record):
    text = "".join(f"Fact{n} is so, she said.\n" for n in range(200))
    found = tuple(quotation(text, f"Fact{n} is so", speaker=ROE) for n in range(200))
    version = record(source(text), Document(text=text, quotations=found)).version
    first, last = version.quotations.order_by("position").first(), version.quotations.last()
    page = read(client, version.get_absolute_url())
    assert f"{PAGES.article_listed} are listed here; 140 more are marked" in words(page)
    assert len(marked(page)) == 200
    assert f"s-{first.uid}" in page.ids
    assert f"s-{last.uid}" not in page.ids
    assert last.get_absolute_url() in page.links  # by its mark
    assert f"s-{last.uid}" in read(client, last.get_article_url()).ids


# --- what it costs


@pytest.mark.parametrize("part", [1, 5])
def test_a_part_costs_as_much_as_any_other(client, book, django_assert_num_queries, part):
    client.get(book.get_absolute_url())
    # versions; a line of each quotation; text; quotations of the part, their speakers and spans;
    # the speakers to choose from
    with django_assert_num_queries(7):
        response = client.get(f"{book.get_absolute_url()}?part={part}")
    assert len(response.content) < 150_000
