"""The path of a row's page, from the name of its address and the row's key.

A list of 25 quotations has some 150 paths. `reverse` takes its time for each of them, though all
but the key is the same each time: so that is asked for once.
"""

import re
from functools import cache

from django.urls import get_script_prefix, get_urlconf, reverse

_PLAIN = re.compile(r"[-a-zA-Z0-9_]+")
_ANY = "any-key-0"


def path_of(name: str, key: str) -> str:
    """Return what `reverse(name, args=[key])` returns; it raises NoReverseMatch where that does."""
    if not _PLAIN.fullmatch(key):
        return reverse(name, args=[key])
    before, after = _around(name, get_urlconf(), get_script_prefix())
    return f"{before}{key}{after}"


@cache
def _around(name: str, urlconf: str | None, _prefix: str) -> tuple[str, str]:
    before, _, after = reverse(name, urlconf=urlconf, args=[_ANY]).rpartition(_ANY)
    return before, after
