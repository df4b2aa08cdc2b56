"""What inputs say, checked: texts, names, dates, ids. Each is taken as it is, or refused."""

import unicodedata
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from quotes import characters
from quotes.params import DEFAULTS, Params
from quotes.refusals import InputError
from quotes.source_texts import ID_CHARS, URL_CHARS, is_web_address

# Newspapers begin in 1605; a year far from now is a typing error, and breaks date arithmetic.
_YEARS = range(1600, 2200)
_SPACES = "\t\n\r\f\v\x85"
_C1 = ("\x80", "\x9f")  # what UTF-8 read as Latin-1 is full of


# What a JSON value is called where JSON, and not Python, is written.
_KINDS = {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def article_text(
    fields: dict[str, Any], *, allow_empty: bool = False, params: Params = DEFAULTS
) -> str:
    """Return the "text" of a JSON object; InputError if it is none that can be processed."""
    text = fields.get("text")
    if not isinstance(text, str):
        found = "no" if text is None else f"{_kind(text)} as"
        raise InputError(f'has {found} "text"', 'give the article\'s text as a string in "text"')
    return text if allow_empty and not text.strip() else checked_text(text, params)


def string(fields: dict[str, Any], *names: str) -> str:
    """Return the first of the fields `names` that is given, "" if none; InputError if no string."""
    for name in names:
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = ", ".join(value)
        if not isinstance(value, str):
            problem = f'has {_kind(value)} as "{name}"'
            raise InputError(problem, f'give "{name}" as a string or leave it out')
        _refuse_surrogates(value, f'"{name}"')
        if value.strip():
            return value
    return ""


def identifier(fields: dict[str, Any], name: str = "id") -> str:
    """Return the origin's own id of an article, a number as digits, "" if none is given."""
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = clip(string({name: value}, name), ID_CHARS + 1)
    if len(text) > ID_CHARS:
        raise InputError(f'has too long an "{name}"', f"use at most {ID_CHARS} characters")
    return text


def web_address(fields: dict[str, Any], name: str = "url") -> str:
    """Return the web address of an article, "" if none is given; InputError if it is none."""
    url = string(fields, name).strip()
    if url and not is_web_address(url):
        problem = f'has no web address as "{name}" ({clip(url, 80)!r})'
        raise InputError(problem, f"use http:// or https://, at most {URL_CHARS} characters")
    return url


def published(
    fields: dict[str, Any],
    names: tuple[str, ...] = ("published_at", "published", "date", "published_on"),
) -> tuple[date | None, datetime | None]:
    """Return the day of publication, and the moment where time and zone are given."""
    for name in names:
        if written := string(fields, name).strip():
            try:
                return parse_date(written)
            except ValueError as error:
                problem = f'has no date as "{name}" ({clip(written, 80)!r})'
                remedy = "write it as 2017-07-05 or 2017-07-05T08:00:00+00:00, or leave it out"
                raise InputError(problem, remedy) from error
    return None, None


def parse_date(written: str) -> tuple[date, datetime | None]:
    """Return the day, and the moment if time and zone are given, of an ISO 8601 or RFC 5322 date.

    Raises ValueError if it is neither, or its year is none of a newspaper's.
    """
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = parsedate_to_datetime(written)
    if moment.year not in _YEARS:
        raise ValueError(f"{written!r}: year outside {_YEARS}")
    return moment.date(), moment if moment.tzinfo else None


def clip(words: str, limit_chars: int) -> str:
    """Return `words` as one line of what can be shown, cut with an ellipsis to `limit_chars`."""
    return characters.cut(characters.one_line(words), limit_chars)


def checked_text(text: str, params: Params = DEFAULTS) -> str:
    """Return `text` as it is if it can be stored and processed, else raise InputError."""
    if not text.strip():
        raise InputError("is empty", "give a text with words in it")
    if len(text) > params.max_text_chars:
        problem = f"is too large ({len(text):,} characters)"
        raise InputError(problem, f"split it: at most {params.max_text_chars:,} characters a text")
    _refuse_surrogates(text, "the text")
    refuse_controls(text, params)
    return text


def _refuse_surrogates(text: str, where: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        problem = f"has half a surrogate pair in {where} (character {error.start})"
        raise InputError(problem, "write the character whole, or take it out") from error


def refuse_controls(text: str, params: Params) -> None:
    """Raise InputError if `text` holds what only binary files hold."""
    remedy = "give plain text, HTML or JSON lines"
    if "\0" in text:
        raise InputError("is binary (it holds NUL characters)", remedy)
    # Category Cc alone would catch tabs and line ends, which every text has.
    controls = {c for c in set(text) if unicodedata.category(c) == "Cc" and c not in _SPACES}
    count = sum(map(text.count, controls))
    if count > params.max_control_share * len(text):
        if all(_C1[0] <= c <= _C1[1] for c in controls):
            problem = f"holds {count} control characters, as texts do that were decoded wrongly"
            raise InputError(problem, "have wrongly decoded texts mended, or give it in UTF-8")
        raise InputError(f"is binary ({count} control characters)", remedy)


def too_large(limit_bytes: int) -> InputError:
    """Return the error of an input of more than `limit_bytes`."""
    return InputError(f"is too large (over {limit_bytes:,} bytes)", "split it into smaller ones")
