"""One stream that is to be read, and the article that a reader makes of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, BinaryIO, Literal, NamedTuple

from quotes import mojibake
from quotes.encodings import decode
from quotes.fields import checked_text, clip, too_large
from quotes.params import DEFAULTS, READING, Params, ReadingParams
from quotes.readers.streams import Budget
from quotes.refusals import Refusal
from quotes.source_texts import (
    EXTRACTOR_CHARS,
    LANGUAGE_CHARS,
    NAME_CHARS,
    NOTE_CHARS,
    TITLE_CHARS,
    ReadOptions,
    SourceText,
    domain_of,
)

Item = SourceText | Refusal
_WIDTHS = {
    "title": TITLE_CHARS,
    "byline": TITLE_CHARS,
    "section": NAME_CHARS,
    "outlet": NAME_CHARS,
    "language": LANGUAGE_CHARS,
    "text_note": NOTE_CHARS,
    "text_extractor": EXTRACTOR_CHARS,
}
_MENDED = ("title", "byline", "section", "outlet")


class Input(NamedTuple):
    """A stream with what is known of it.

    `origin` names it in refusals and in the store: a path, a member of an archive as
    "archive/member", an address. `address` is where it was fetched from, "" if nowhere;
    `media_type` is what its origin declares, parameters included.
    """

    file: BinaryIO
    origin: str
    address: str = ""
    media_type: str = ""
    id_scope: Literal["file", "stream"] = "file"
    options: ReadOptions = ReadOptions()
    params: Params = DEFAULTS
    limits: ReadingParams = READING

    def whole(self) -> bytes:
        """Return all bytes; InputError if they are more than one article may have."""
        data = self.file.read(self.params.max_input_bytes + 1)
        if len(data) > self.params.max_input_bytes:
            raise too_large(self.params.max_input_bytes)
        return data

    def decoded(self, data: bytes, declared: str | None) -> tuple[str, str]:
        """Return the characters of `data` and their encoding; InputError where it is in doubt.

        `declared` is what it says of itself, which counts before what the options say.
        """
        return decode(data, declared, said=self.options.encoding, params=self.params)

    def budget(self, packed_bytes: int = 0) -> Budget:
        """Return how much of it may come out when it is unpacked."""
        return Budget(self.params.max_input_bytes, self.limits.max_expansion, packed_bytes)


Reader = Callable[[Input], Iterator[Item]]


def article(given: Input, text: str, **found: Any) -> SourceText:
    """Return the article that a reader found in `given`; InputError if its text cannot be taken.

    Names are clipped to the columns of the tables, what the article lacks comes from the options,
    and a text that was wrongly decoded long ago is mended if that was asked for, else noted.
    """
    options = given.options
    fields: dict[str, Any] = {
        "origin": given.origin,
        "id_scope": given.id_scope,
        "retrieved_at": datetime.now(UTC),
        **found,
    }
    text, extractor, note = mojibake.treat(text, mend=options.mend_mojibake)
    fields["text_extractor"] = "; ".join(filter(None, (fields["text_extractor"], extractor)))
    fields["text_note"] = "; ".join(filter(None, (fields.get("text_note"), note)))
    if options.mend_mojibake:
        fields |= {name: mojibake.mended(fields[name]) for name in _MENDED if fields.get(name)}
    for name in ("outlet", "language"):
        fields[name] = fields.get(name) or getattr(options, name)
    fields |= {name: clip(fields[name], chars) for name, chars in _WIDTHS.items() if name in fields}
    fields["outlet_domain"] = domain_of(fields.get("url") or "")
    if raw := fields.get("raw"):
        fields["source_sha256"] = sha256(raw).hexdigest()
    return SourceText(text=checked_text(text, given.params), **fields)
