"""Right-to-left texts in lines of ours: each is apart, so that it turns nothing beside it.

A name in Hebrew, or a control such as U+202E, orders all that follows it in its line anew: days,
dots and other names too. What isolates a text is `bdi`, `dir="auto"`, or the rule of tracker.css.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.urls import reverse

from quotes import collections, saved_searches
from quotes.models import Article, Speaker
from quotes.nlp.document import Document, Kind, SpeakerKind
from quotes.nlp.document import Speaker as Found
from tests.builders import quotation, source

pytestmark = pytest.mark.django_db

COHEN = Found(name="יוסי כהן", kind=SpeakerKind.PERSON, role="שר הביטחון")
TEXT = "שר הביטחון, יוסי כהן, אמר: “החומה תיבנה מחדש.”"
CHANGED = TEXT.replace("מחדש", "בקרוב")
UNTITLED_BY = {"title": "חומה חדשה (2500)", "byline": "דנה לוי", "outlet": "הארץ!"}
NOTE = "הערה \u202eabc"
_RULE = re.compile(r"(?m)^([^{}]*)\{ unicode-bidi: plaintext; \}$")
_TURNS = re.compile("[\u0590-\u08ff\u202a-\u202e\u2066-\u2069]")
_INLINE = {"a", "b", "bdi", "cite", "code", "del", "em", "ins", "mark", "q", "span", "strong"}
# Text that no other text stands beside in a line, or that a browser does not show as HTML.
_ALONE = {"option", "textarea", "title", "script", "style"}
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def _isolating() -> list[list[str]]:
    """Return the selectors of the rule of tracker.css, each as its parts from outside in."""
    rule = _RULE.search(Path(finders.find("quotes/tracker.css")).read_text(encoding="utf-8"))
    assert rule
    whole = re.sub(
        r":is\(([^)]*)\)",
        lambda found: found[0].replace(", ", "|").replace(":is(", "").replace(")", ""),
        rule[1].rpartition("*/")[2],
    )
    return [one.split() for one in whole.strip().split(", ")]


class _Texts(HTMLParser):
    """Finds the texts that turn their line and that nothing holds apart."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.loose: list[str] = []
        self.seen = 0
        self.rules = _isolating()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in _VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in _VOID:
            self.open.pop()

    def handle_data(self, data):
        if not _TURNS.search(data) or self.open[-1][0] in _ALONE:
            return
        self.seen += 1
        if not self._is_apart():
            held = " ".join(f"{tag}.{at.get('class', '')}" for tag, at in self.open[-3:])
            self.loose.append(f"{held}: {data.strip()[:40]}")

    def _is_apart(self) -> bool:
        """Say whether an element around the text isolates it, up to the block it stands in."""
        for depth in range(len(self.open), 0, -1):
            tag, attributes = self.open[depth - 1]
            if tag == "bdi" or attributes.get("dir") == "auto":
                return True
            if any(self._matches(rule, depth) for rule in self.rules):
                return True
            if tag not in _INLINE:
                return False
        return False

    def _matches(self, rule: list[str], depth: int) -> bool:
        *outer, last = rule
        if not _is(self.open[depth - 1], last):
            return False
        around = iter(self.open[: depth - 1])
        return all(any(_is(element, part) for element in around) for part in outer)


def _is(element: tuple[str, dict[str, str | None]], part: str) -> bool:
    tag, attributes = element
    classes = (attributes.get("class") or "").split()
    return any(one == tag or one.removeprefix(".") in classes for one in part.split("|"))


def _document(text: str, words: str) -> Document:
    said = quotation(
        text, words, kind=Kind.DIRECT, speaker=COHEN, source="יוסי כהן", cue="אמר", medium="news"
    )
    return Document(text=text, quotations=(said,))


@pytest.fixture
def places(record, client):
    """Store the article in two versions, put it aside, and sign in; return addresses of pages."""
    for text, words in ((TEXT, "“החומה תיבנה מחדש.”"), (CHANGED, "“החומה תיבנה בקרוב.”")):
        given = source(text, url="https://example.org/wall", language="he", **UNTITLED_BY)
        record(given, _document(text, words))
    user = User.objects.create_superuser("כהן!", first_name="אדה", last_name="ברג")
    client.force_login(user)
    article = Article.objects.get()
    first, second = (version.quotations.get() for version in article.versions.order_by("number"))
    speaker = Speaker.objects.get()
    collection = collections.create(user, "אוסף (1)", description=NOTE)
    collections.add(collection, [first.uid, second.uid])
    collections.annotate(collection, first.uid, NOTE)
    search = saved_searches.create(user, "חיפוש (1)", {"q": ["החומה"], "speaker_name": ["כהן"]})
    said = quote("החומה")
    return [
        reverse("home"),
        reverse("quotations"),
        f"{reverse('quotations')}?q={said}&outlet={article.outlet.slug}",
        first.get_absolute_url(),
        second.get_absolute_url(),
        reverse("history", args=[first.uid]),
        reverse("review-quotation", args=[second.uid]),
        reverse("collection-choose", args=[first.uid]),
        reverse("articles"),
        article.get_absolute_url(),
        f"{article.get_absolute_url()}?version=1",
        f"{reverse('versions', args=[article.uid])}?old=1&new=2",
        reverse("speakers"),
        speaker.get_absolute_url(),
        *(reverse(f"speaker-{do}", args=[speaker.slug]) for do in ("merge", "split", "edit")),
        f"{reverse('compare')}?q={first.uid}&q={second.uid}",
        reverse("collections"),
        *(
            reverse(name, args=[collection.uid])
            for name in ("collection", "collection-delete", "collection-export")
        ),
        reverse("saved-searches"),
        *(reverse(name, args=[search.uid]) for name in ("saved-search", "saved-delete")),
        reverse("account"),
    ]


def test_what_others_wrote_turns_nothing_beside_it(client, places):
    loose, seen = {}, 0
    for place in places:
        answer = client.get(place)
        assert answer.status_code == 200, place
        found = _Texts(answer.content.decode())
        seen += found.seen
        if found.loose:
            loose[place] = found.loose
    assert not loose
    assert seen > len(places)


@pytest.mark.parametrize(
    ("html", "loose"),
    [
        ("<p>by <bdi>דנה</bdi>, 4 March</p>", 0),
        ("<p>by דנה, 4 March</p>", 1),
        ("<p>in <a href='#'><span>הארץ</span></a></p>", 0),
        ("<table class=uses><tr><td>הארץ</td></tr></table>", 0),
        ("<table><tr><td>הארץ</td></tr></table>", 1),
        ("<bdi><p>דנה</p></bdi>", 1),
    ],
)
def test_what_is_apart_is_told(html, loose):
    assert len(_Texts(html).loose) == loose
