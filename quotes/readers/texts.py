"""Plain text: its decoded characters exactly; only a byte order mark goes."""

from collections.abc import Iterator
from hashlib import sha256

from quotes import text_labels
from quotes.readers.inputs import Input, Item, article
from quotes.readers.media_types import charset


def read_text(given: Input) -> Iterator[Item]:
    """Yield the one article that a plain text is; InputError if it is none."""
    data = given.whole()
    text, encoding = given.decoded(data, charset(given.media_type))
    labels = text_labels.read(text)
    told = f"; labels: {labels.told}" if labels.told else ""
    yield article(
        given,
        text,
        title=labels.title,
        byline=labels.byline,
        published_on=labels.published_on,
        published_at=labels.published_at,
        url=given.address,
        method="text",
        media_type="text/plain",
        source_sha256=sha256(data).hexdigest(),
        text_extractor=f"decoded as {encoding}{told}",
    )
