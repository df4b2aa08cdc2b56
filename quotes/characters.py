"""What a line of words may hold: characters that are seen or that shape those beside them. Pure.

`str.isprintable` is no answer: it is False of the joiners that Persian spells with and emoji are
made of, and of every letter that came to Unicode after Python did.
"""

import re
import unicodedata

# Of the characters for formatting (Cf) those that shape or order letters, or are seen: joiners,
# marks of direction, Arabic and other signs that enclose numbers, and the tags of flags.
# Source: Unicode, PropList.txt (Join_Control, Bidi_Control, Prepended_Concatenation_Mark).
_SHAPING = re.compile(
    "[\u200c\u200d\u200e\u200f\u061c\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\U000110bd\U000110cd\U000e0020-\U000e007f]"
)
_SHAPES_NOTHING = " \u200c\u200d\u200e\u200f\u061c"  # at an end of a line
_JOINER = "\u200d"
_POP, _POP_ISOLATE = "\u202c", "\u2069"
_ENDS = dict.fromkeys("\u202a\u202b\u202d\u202e", _POP) | dict.fromkeys(
    "\u2066\u2067\u2068", _POP_ISOLATE
)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKS_AT_END = re.compile(r"\W*$")
_PLANE, _PLANES = 0x10000, 17
_LAST_TWO = "".join(
    f"{chr(end - 2)}{chr(end - 1)}" for end in range(_PLANE, (_PLANES + 1) * _PLANE, _PLANE)
)
# What Unicode will never make a character.
_NO_CHARACTER = re.compile(f"[\ufdd0-\ufdef{_LAST_TWO}]")
_UNFIT = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def is_shown(char: str) -> bool:
    """Say whether a character belongs in a line: it is seen, is a blank, or shapes its neighbours.

    Not so controls, what turns all that follows it (U+202E), private ones and no characters.
    """
    if char.isprintable():
        return True
    category = unicodedata.category(char)
    if category == "Cf":
        return bool(_SHAPING.match(char))
    # Letters newer than Python's tables count as unassigned, as what can never be one does.
    return category not in _UNFIT and not _NO_CHARACTER.match(char)


def one_line(words: str) -> str:
    """Return `words` on one line, without characters that are not shown; "" if none is left."""
    if not words.isprintable():
        words = "".join(char for char in words if char.isspace() or is_shown(char))
    return " ".join(words.split()).strip(_SHAPES_NOTHING)


def closed(text: str) -> str:
    """Return one line's `text` with what turns its letters ended, so that nothing after it turns.

    What was opened (U+202A to U+202E, U+2066 to U+2069) is closed behind its last word, before the
    marks at the end. Nothing is taken away. Source: Unicode Standard Annex 9, X1 to X8.
    """
    opened: list[str] = []
    last = 0
    for found in _TURNING.finditer(text):
        last = found.end()
        if (end := _ENDS.get(found[0])) is not None:
            opened.append(end)
        elif found[0] == _POP and opened[-1:] == [_POP]:
            opened.pop()
        elif found[0] == _POP_ISOLATE and _POP_ISOLATE in opened:
            while opened.pop() != _POP_ISOLATE:
                pass  # what was opened inside ends with it
    if not opened:
        return text
    at = max(last, len(text) - len(_MARKS_AT_END.search(text)[0]))  # type: ignore[index]  # always
    return f"{text[:at]}{''.join(reversed(opened))}{text[at:]}"


def cut(text: str, most_chars: int) -> str:
    """Return `text`, or its beginning and an ellipsis: at most `most_chars` code points.

    No letter is parted from its accents, and no emoji from what makes it one.
    """
    if len(text) <= most_chars:
        return text
    at = most_chars - 1
    while at > 0 and (_goes_on(text[at]) or text[at - 1] == _JOINER):
        at -= 1
    return f"{text[: at or most_chars - 1].rstrip()}…"


def _goes_on(char: str) -> bool:
    is_mark = unicodedata.category(char) in {"Mn", "Mc", "Me"}
    return is_mark or bool(_SHAPING.match(char)) or "\U0001f3fb" <= char <= "\U0001f3ff"
