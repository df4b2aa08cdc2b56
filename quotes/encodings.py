"""Bytes -> characters, exactly or not at all: a wrong guess would falsify the text."""

from collections.abc import Sequence

from quotes.params import DEFAULTS, Params
from quotes.refusals import InputError

# What somebody may say that files without a declaration are in. Names of the Encoding Standard.
NAMES: Sequence[str] = (
    *("windows-1252", "iso-8859-1", "iso-8859-15", "macintosh", "windows-1250", "iso-8859-2"),
    *("windows-1251", "koi8-r", "windows-1253", "windows-1254", "windows-1255", "windows-1256"),
    *("gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"),
)


def decode(
    data: bytes, declared: str | None = None, *, said: str | None = None, params: Params = DEFAULTS
) -> tuple[str, str]:
    """Return the characters of `data` without byte order mark, and the encoding that gave them.

    A byte order mark decides, then strict UTF-8, then what the file declares, then what somebody
    `said` it is in ("": nothing, but it can be said), then a detector; InputError where that leaves
    doubt, for a wrong guess would falsify the text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        codec = _codec(declared or "") or _codec(said or "")
    if codec:
        return _strict(data, codec), codec
    if found := _detected(data, params):
        return found
    remedy = "save it as UTF-8" + ("" if said is None else ", or say in which encoding it is")
    raise InputError("is in no encoding that can be told for certain", remedy)


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def _codec(declared: str) -> str:
    """Return Python's name for a declared encoding, "" for none and for UTF-8, which failed."""
    from charset_normalizer.utils import iana_name  # noqa: PLC0415  not for every start

    try:
        name = iana_name(declared)
    except ValueError:
        return ""
    # The web reads Latin-1 as Windows-1252, of which it is a part but for control characters.
    return {"latin_1": "cp1252", "ascii": "cp1252", "utf_8": ""}.get(name, name)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        problem = f"is not the {encoding} that it is said to be"
        raise InputError(problem, "save it as UTF-8") from error


def _detected(data: bytes, params: Params) -> tuple[str, str] | None:
    """Return what the detector reads, if it reads a language there and no other reading rivals."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  not for every start

    if b"\0" in data:
        raise InputError("is binary (it holds NUL bytes)", "give plain text, HTML or JSON lines")
    matches = sorted(from_bytes(data), key=lambda match: (-match.coherence, match.chaos))
    readings = [str(match) for match in matches]
    rivals = [
        match.coherence
        for match, text in zip(matches, readings, strict=True)
        if text != readings[0]
    ]
    least = max([params.min_encoding_coherence, *(r + params.encoding_lead for r in rivals)])
    if not matches or matches[0].coherence < least:
        return None
    return readings[0], matches[0].encoding
