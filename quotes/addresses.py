"""Addresses that stay: short identifiers made of what a row is about. Pure."""

from hashlib import sha256

UID_CHARS = 12
# Crockford's base 32: no i, l, o, u, which are misread or spell words.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD = str.maketrans("ilo", "110")


def short_uid(*parts: str) -> str:
    """Return a stable 12-character address made of `parts`: 60 bits of their SHA-256."""
    number = int.from_bytes(sha256("\0".join(parts).encode()).digest()[:8])
    return "".join(_ALPHABET[(number >> 5 * i) & 31] for i in range(UID_CHARS))


def as_read(typed: str) -> str:
    """Return the identifier that somebody means who types it from paper: "Q7VGR1" for "q7vgr1".

    Crockford's reading: capitals are small letters, i and l are ones, o is a nought.
    """
    return typed.lower().translate(_MISREAD)
