"""JSON bodies of a bounded size: a posted text is refused before it fills the memory."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from api.errors import TextTooLong
from quotes.params import ACCESS

# A code point takes at most 12 bytes of JSON, as two \uXXXX; the rest is for the other fields.
_BYTES_PER_CHAR = 12
_OTHER_BYTES = 10_000


class BoundedJSONParser(JSONParser):
    """Reads a JSON body that can hold the longest text allowed, and no more."""

    remedy = "send a shorter text, or use `manage.py extract`"

    @property
    def limit_bytes(self) -> int:
        """Return the size of the largest body."""
        return settings.API_EXTRACT_MAX_CHARS * _BYTES_PER_CHAR + _OTHER_BYTES

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the value; TextTooLong if the body is too large, ParseError if it is no JSON."""
        limit = self.limit_bytes
        body = stream.read(limit + 1)
        if len(body) > limit:
            error = TextTooLong(f"the body has more than {limit} bytes")
            error.remedy = self.remedy
            raise error
        try:
            return super().parse(BytesIO(body), media_type, dict(parser_context or {}))
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error


class ArticleParser(BoundedJSONParser):
    """Reads the JSON body of one article to be stored."""

    remedy = "send it as a file: POST /api/v1/imports/"

    @property
    def limit_bytes(self) -> int:
        """Return the size of the largest body."""
        return ACCESS.article_most_bytes
