"""JSON: one object an article, as lines, as a list or alone; ninjs and JSON Feed are told."""

import json
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from quotes import text_labels
from quotes.fields import article_text, identifier, published, string, too_large, web_address
from quotes.params import DEFAULTS, Params
from quotes.readers.feeds import feed_articles, is_json_feed, json_feed
from quotes.readers.inputs import Input, Item, article
from quotes.readers.ninjs import is_ninjs, ninjs_article
from quotes.readers.pages import page_article
from quotes.refusals import InputError, Refusal
from quotes.source_texts import SourceText

_NOT_AN_OBJECT = ("is not a JSON object", 'write {"id": …, "text": …} on one line')


class Line(NamedTuple):
    """One object of a JSON input with its line number and the hash of its bytes."""

    number: int
    fields: dict[str, Any]
    sha256: str


def json_lines(
    file: BinaryIO, origin: str, *, params: Params = DEFAULTS
) -> Iterator[Line | Refusal]:
    """Yield each line of `file` as an object with its line number, or why it is none.

    Holds one line in memory. Empty lines are passed over; numbers count from 1.
    """
    number = 0
    while data := file.readline(params.max_input_bytes + 1):
        number += 1
        if len(data) > params.max_input_bytes:
            _skip_rest_of_line(file, data)
            yield too_large(params.max_input_bytes).refusal(origin, number)
            continue
        data = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
        if data.strip():
            yield _parsed(data.strip(), origin, number)


def _skip_rest_of_line(file: BinaryIO, data: bytes) -> None:
    while data and not data.endswith(b"\n"):
        data = file.readline(1 << 20)


def _parsed(data: bytes, origin: str, number: int) -> Line | Refusal:
    remedy = "write one JSON object a line, in UTF-8"
    try:
        fields = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 (byte {error.start} of the line)"
        return Refusal(origin=origin, line=number, problem=problem, remedy=remedy)
    except (ValueError, RecursionError) as error:
        problem = f"is not JSON ({error})"
        return Refusal(origin=origin, line=number, problem=problem, remedy=remedy)
    if not isinstance(fields, dict):
        return InputError(*_NOT_AN_OBJECT).refusal(origin, number)
    return Line(number, fields, sha256(data).hexdigest())


def read_lines(given: Input) -> Iterator[Item]:
    """Yield the article of each line."""
    yield from _of_lines(given, given.file)


def _of_lines(given: Input, file: BinaryIO) -> Iterator[Item]:
    for line in json_lines(file, given.origin, params=given.params):
        if isinstance(line, Refusal):
            yield line
        elif is_json_feed(line.fields):
            yield from feed_articles(given, json_feed(line.fields))
        else:
            yield _from_line(given, line)


def read_json(given: Input) -> Iterator[Item]:
    """Yield the articles of one object, of a list of objects, or of lines under another name."""
    data = given.whole()
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        yield from _of_lines(given, BytesIO(data))
        return
    if is_json_feed(value):
        yield from feed_articles(given, json_feed(value))
        return
    for number, item in enumerate(value if isinstance(value, list) else [value], start=1):
        if not isinstance(item, dict):
            yield InputError(*_NOT_AN_OBJECT).refusal(given.origin, number)
            continue
        digest = sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
        yield _from_line(given, Line(number, item, digest))


def _from_line(given: Input, line: Line) -> Item:
    try:
        return _article(given, line)
    except InputError as error:
        return error.refusal(given.origin, line.number)


def _article(given: Input, line: Line) -> SourceText:
    """Return the article of a JSON object; keys that it does not know are ignored."""
    fields = line.fields
    if is_ninjs(fields):
        return ninjs_article(given, fields)
    published_on, published_at = published(fields)
    known = {
        "title": string(fields, "title", "headline"),
        "byline": string(fields, "byline", "author"),
        "section": string(fields, "section"),
        "language": string(fields, "language"),
        "outlet": string(fields, "outlet", "publisher"),
        "published_on": published_on,
        "published_at": published_at,
        "url": web_address(fields),
        "origin_id": identifier(fields),
        "method": "jsonl",
        "source_sha256": line.sha256,
    }
    if "text" not in fields and fields.get("html"):
        # What the page says of itself gives way to what the line says.
        html = string(fields, "html").encode()
        return page_article(given._replace(media_type="text/html; charset=utf-8"), html, **known)
    text = article_text(fields, params=given.params)
    labels = text_labels.read(text)
    extractor = "JSON string"
    if labels.published_on and not published_on:
        known |= {"published_on": labels.published_on, "published_at": labels.published_at}
        extractor += "; labels: day"
    return article(given, text, media_type="application/json", text_extractor=extractor, **known)
