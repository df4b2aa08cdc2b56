"""Styled citations of single quotations, kept for a while: writing one takes a run of pandoc.

The key is made of all that a citation is made of, so that nothing kept is ever out of date. How
many are kept, and for how long, is the settings' cache "citations".
"""

from hashlib import sha256

from django.core.cache import caches

from quotes import styled
from quotes.citations import CitableQuotation
from quotes.params import STYLING
from quotes.styled import Citation

_CACHE = "citations"


def kept(c: CitableQuotation, style: str) -> Citation | None:
    """Return the citation if it is kept, else None; raises StyleError for an unknown style."""
    found: Citation | None = caches[_CACHE].get(_key(c, style))
    return found


def cite(c: CitableQuotation, style: str) -> Citation:
    """Return the citation, kept or written now; raises StyleError as `styled.cite` does."""
    found = kept(c, style)
    if found is None:
        found = styled.cite(c, style)
        caches[_CACHE].set(_key(c, style), found)
    return found


def _key(c: CitableQuotation, style: str) -> str:
    chosen = styled.style_named(style)
    parts = (
        c.model_dump_json(),
        chosen.model_dump_json(),
        chosen.sha256,
        STYLING.model_dump_json(),
    )
    return sha256("\n".join(parts).encode()).hexdigest()
