"""Template filters: what quotes/plain_words.py says, and small matters of typography."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from html import escape
from urllib.parse import quote, urlsplit

from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import QueryDict
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString, mark_safe

from quotes import bylines, plain_words
from quotes.article_pages import Choice
from quotes.characters import cut
from quotes.forms import without_blanks
from quotes.marked import ShownBlock, ShownSegment
from quotes.models import Quotation
from quotes.paths import path_of
from quotes.quick_html import format_html, format_html_join
from quotes.snippets import Snippet
from quotes.wording import Piece

register = template.Library()
_HIT, _HIT_END = mark_safe('<mark class="hit">'), mark_safe("</mark>")
_NOTHING = mark_safe("")
_CHOSEN, _NAME = mark_safe(' aria-current="true"'), 60
_TOLD = '<{0}><span class="vh">[{1}: </span>', '<span class="vh">]</span></{0}>'
_OPENING = "“\"„«‘'‹「『"


def apart(tag: str, told: str) -> tuple[SafeString, SafeString]:
    """Return what goes before and after words that differ: a mark, and `told` for who hears it."""
    before, after = (format_html(part, tag, told) for part in _TOLD)
    return before, after


_MARKED = {tag: apart(tag, "here only") for tag in ("del", "ins")}


@register.filter
def differing(pieces: Iterable[Piece], tag: str) -> SafeString:
    """Return one of two wordings, with the pieces that only it has in a `tag`, "del" or "ins"."""
    before, after = _MARKED[tag]
    # Piece by piece `format_html` takes six times as long, and two versions have thousands.
    told = ((escape(one.text), one.differs) for one in pieces)
    marked = [f"{before}{words}{after}" if differs else words for words, differs in told]
    return mark_safe("".join(marked))  # noqa: S308  escaped above


@register.filter
def band(confidence: float) -> plain_words.Band:
    """Return the band of a confidence."""
    return plain_words.confidence_band(confidence)


@register.filter
def confidence_means(confidence: float) -> str:
    """Return what a confidence means, in a sentence."""
    return plain_words.CONFIDENCE_MEANS[plain_words.confidence_band(confidence).key]


@register.filter
def words_confidence(confidence: float) -> str:
    """Return how sure words and source are without the speaker, in a sentence."""
    return plain_words.words_confidence(confidence)


@register.filter
def kind_means(kind: str) -> str:
    """Return what a kind of quotation means, in a sentence."""
    return plain_words.KIND_MEANS.get(kind, "")


@register.filter
def without_by(byline: str) -> str:
    """Return a byline without its own "By", for where the page says it."""
    return bylines.without_by(byline)


@register.filter
def act_means(act: str) -> str:
    """Return what an act means, in a sentence."""
    return plain_words.ACT_MEANS.get(act, "")


@register.filter
def factuality_means(factuality: str) -> str:
    """Return what it means whether the article reports words as said, in a sentence."""
    return plain_words.FACTUALITY_MEANS.get(factuality, "")


@register.filter
def not_said(quotation: Quotation) -> SafeString:
    """Return the label of words that the article does not report as said; nothing for others."""
    words = plain_words.not_said(quotation.factuality)
    return format_html('<span class="tag tag-not-said">{}</span> ', words) if words else _NOTHING


@register.filter
def not_said_words(quotation: Quotation) -> str:
    """Return, for a line of text behind the speaker's name, that it is not reported as said."""
    words = plain_words.not_said(quotation.factuality, is_inside=True)
    return f" ({words})" if words else ""


@register.filter
def method_words(method: str) -> str:
    """Return how an article was read, in words."""
    return plain_words.METHODS.get(method, f"by {method}")


@register.filter
def needs_marks(quotation: Quotation) -> bool:
    """Say whether direct words are stored without their marks, which the page then supplies."""
    return quotation.kind == "direct" and quotation.content[:1] not in _OPENING


@register.filter
def marked(snippet: Snippet) -> SafeString:
    """Return a snippet with the words that were sought marked, and where it leaves text out.

    Written here because a list of common words has hundreds of pieces: as nodes of a template they
    take a quarter of the page's time.
    """
    pieces = (
        (_HIT, words, _HIT_END) if is_hit else ("", words, "") for words, is_hit in snippet.pieces()
    )
    ends = "… " if snippet.start else "", " …" if snippet.goes_on else ""
    return format_html("{}{}{}", ends[0], format_html_join("", "{}{}{}", pieces), ends[1])


@register.filter
def path(name: str, key: str) -> str:
    """Return the path of a row's page, as `url` does, in less time."""
    return path_of(name, key)


@register.filter
@lru_cache(maxsize=8192)
def in_words(moment: date, form: str) -> str:
    """Return a day, or a time in UTC, as `date` does; that takes its time anew for each row."""
    return date_format(moment, form)


@register.filter
def shortened(text: object, most: int) -> str:
    """Return `text` if it has at most `most` characters, else its beginning and an ellipsis.

    In place of `truncatechars`, which goes through each text letter by letter, however short it
    is, writes its letters in another way (NFC), and parts emoji.
    """
    return cut(str(text), most)


@register.filter
def host(url: str) -> str:
    """Return the host of an address, without "www."."""
    return urlsplit(url).netloc.removeprefix("www.")


@register.filter
def is_web(url: str) -> bool:
    """Say whether an address may stand in a link: no javascript: or file: from an import."""
    return urlsplit(url).scheme in {"http", "https"}


@register.filter
def duration(seconds: int) -> str:
    """Return a number of seconds in words: "90 seconds", "60 minutes", "24 hours"; rounded up."""
    return plain_words.duration(seconds)


@register.filter
def permanent(quotation: Quotation) -> str:
    """Return the permanent short address of a quotation, with the host."""
    return f"{settings.SITE_URL}{path_of('permalink', quotation.uid)}"


@register.filter
def size_words(size_bytes: int) -> str:
    """Return a number of bytes in the decimal units in which limits are round: "200 MB"."""
    return plain_words.size(size_bytes)


@register.filter
def grouped(digits: str) -> str:
    """Return a hash in groups of eight, for eyes."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


@register.simple_tag
def suggestions(names: Iterable[str]) -> SafeString:
    """Return names as what a field suggests while one types; of outlets there can be 200."""
    return format_html_join("", '<option value="{}"></option>', ((name,) for name in names))


@register.simple_tag
def speaker_chips(choices: Iterable[Choice], query: str) -> SafeString:
    """Return links that leave an article's quotations of one speaker; an article can have 100."""
    return format_html_join(
        "",
        '<li><a class="chip chip-choice" href="?{}speaker={}"{}>{} <span class="num">{}</span></a>'
        "</li>",
        (
            (
                query,
                quote(one.speaker.slug),
                _CHOSEN if one.is_chosen else "",
                shortened(one.speaker.name, _NAME),
                intcomma(one.quotations),
            )
            for one in choices
        ),
    )


@register.simple_tag
def marked_text(blocks: Iterable[ShownBlock]) -> SafeString:
    """Return the paragraphs of an article; their text, put end to end, is the stored text.

    Written here and not in a template because an article of a million characters can have tens
    of thousands of segments, and because white space between tags would be part of the text.
    """
    return format_html_join("", "{}", ((_block(block),) for block in blocks))


def _block(block: ShownBlock) -> SafeString:
    inside = format_html_join("", "{}{}", map(_segment, block.segments))
    if not block.number:
        return inside
    if block.continues:
        return format_html('<p class="para">{}</p>', inside)
    return format_html(
        '<p id="p{n}" class="para"><a class="para-link" href="#p{n}"'
        ' aria-label="Paragraph {n}" data-n="{n}"></a>{inside}</p>',
        n=block.number,
        inside=inside,
    )


def _segment(segment: ShownSegment) -> tuple[SafeString, SafeString | str]:
    anchors = format_html_join(
        "", '<span class="anchor" id="q-{}"></span>', ((uid,) for uid in segment.anchors)
    )
    target = segment.target
    if target is None:
        return anchors, segment.text
    # A quotation in several segments is one stop for the keyboard and has one number.
    extra = mark_safe(' tabindex="-1"' if segment.continues else "")  # noqa: S308  a constant
    number = format_html(' data-n="{}"', target.number) if segment.ends else ""
    link = format_html(
        '<a class="{}" href="{}" data-q="{}" title="{}"{}{}>{}</a>',
        target.style,
        target.href,
        target.uid,
        target.who,
        extra,
        number,
        segment.text,
    )
    return anchors, link


@register.simple_tag
def page_query(query: QueryDict, number: int) -> SafeString | str:
    """Return the query string that asks for page `number` of the same list."""
    changed = query.copy()
    changed["page"] = str(number)
    return f"?{without_blanks(changed)}"
