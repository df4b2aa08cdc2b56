"""The forms of citation that need no style file: what writes each, and how it is sent."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from quotes.citations import CitableQuotation, bibtex, csl_json, plain_text, ris
from quotes.web_links import markdown_link, plain_link
from quotes.wikipedia import cite_news


class Form(NamedTuple):
    """A form of citation: how it is written, its media type, its file's ending, and its name."""

    write: Callable[[CitableQuotation], str]
    media_type: str
    ending: str
    label: str

    @property
    def header(self) -> str:
        """Return the Content-Type of a citation."""
        return self.media_type if "json" in self.media_type else f"{self.media_type}; charset=utf-8"


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "text": Form(plain_text, "text/plain", "txt", "Plain text"),
        "bibtex": Form(bibtex, "application/x-bibtex", "bib", "BibTeX"),
        "ris": Form(ris, "application/x-research-info-systems", "ris", "RIS"),
        "csl": Form(csl_json, "application/vnd.citationstyles.csl+json", "csl.json", "CSL-JSON"),
        "wikipedia": Form(cite_news, "text/plain", "wiki.txt", "Wikipedia"),
        "markdown": Form(markdown_link, "text/markdown", "md", "Markdown"),
        "link": Form(plain_link, "text/plain", "link.txt", "Link to the words"),
    }
)
