"""A quotation -> a template of Wikipedia that cites its article. Pure.

Source: Wikipedia, "Template:Cite news" and "Help:Citation Style 1". Our permanent address is no web
archive of the publisher's page, so it is no `archive-url`.
"""

import re
from urllib.parse import quote

from quotes.citations import CitableQuotation, day_in_words, nested, one_line, words_quoted
from quotes.nlp.document import Kind

_ENTITIES = str.maketrans({char: f"&#{ord(char)};" for char in "|{}[]<>&~'=\\_"} | {"'": "'"})
# Two apostrophes are italics, a scheme makes a link, two underscores a switch.
_APOSTROPHES = re.compile("''+")
_SCHEME = re.compile(r"://")
_URL_SAFE = ":/?#@!$&()*+,;=%~-._"


def cite_news(c: CitableQuotation) -> str:
    """Return the template on one line: {{cite news}}, without an outlet {{cite web}}.

    `quote` has words that stand in marks in the article, and that it reports as said; a paraphrase
    is none.
    """
    given = [("title", _escaped(c.title)), ("url", _address(c)), ("work", _escaped(c.outlet))]
    if c.published_on:
        given.append(("date", day_in_words(c.published_on)))
    given.append(("access-date", day_in_words(c.retrieved_on)))
    if c.language and not c.language.lower().startswith("en"):
        given.append(("language", _escaped(c.language)))
    given.append(("at", f"para. {c.paragraph_index}"))
    if c.kind is not Kind.INDIRECT and c.is_said:
        given.append(("quote", _escaped(_quoted(c))))
    name = "cite news" if c.outlet else "cite web"
    parts = [name, *(f"{key}={value}" for key, value in [*_authors(c), *given] if value)]
    return f"{{{{{' |'.join(parts)}}}}}\n"


def _authors(c: CitableQuotation) -> list[tuple[str, str]]:
    found = []
    for number, author in enumerate(c.authors, 1):
        if author.literal:
            found.append((f"author{number}", _escaped(author.literal)))
        else:
            # The suffix belongs to the given name: "|first1=John, Jr."
            first = ", ".join(filter(None, (author.given, author.suffix)))
            found += [
                (f"last{number}", _escaped(author.family)),
                (f"first{number}", _escaped(first)),
            ]
    return found


def _quoted(c: CitableQuotation) -> str:
    """Return the words without the marks around them, which the template puts."""
    if c.kind is Kind.DIRECT:
        return words_quoted(c)[1:-1]
    return nested(words_quoted(c), drop_outer=False)


def _address(c: CitableQuotation) -> str:
    return _APOSTROPHES.sub(
        lambda found: "%27" * len(found[0]), quote(one_line(c.reference_url), safe=_URL_SAFE + "'")
    )


def _escaped(text: str) -> str:
    """Return text that the wiki shows as it is: what it would read otherwise as entities."""
    line = one_line(text).translate(_ENTITIES)
    line = _APOSTROPHES.sub(lambda found: "&#39;" * len(found[0]), line)
    return _SCHEME.sub("&#58;//", line)
