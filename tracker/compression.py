"""Pages are sent compressed: a list of fifty quotations is 150 KB of markup, and 15 KB of gzip."""

from django.http.request import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_COMPRESSED = ("text/html", "image/svg+xml")


class CompressedPages(GZipMiddleware):
    """Compresses pages, and nothing else: the API's ETags are of its bodies, files are files.

    Their length is blurred by Django, so that it does not tell what is in them (BREACH).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Return the response, compressed if it is a page and the browser takes that."""
        media_type = response.get("Content-Type", "").partition(";")[0].strip()
        if media_type not in _COMPRESSED or response.has_header("ETag"):
            return response
        return super().process_response(request, response)
