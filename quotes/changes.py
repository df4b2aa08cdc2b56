"""What an extraction changes in what is shown of a quotation, for its report. Writes nothing.

Compares columns and spans as quotes/rows.py gives them in JSON. Why these kinds:
docs/decisions/0016-re-extraction.md.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from quotes import plain_words
from quotes.models import Change
from quotes.rows import content_of

# Long words are cut to where they begin to differ, with this much before it.
_LEAD_CHARS = 60
_ELLIPSIS = "…"
_LIMIT = Change._meta.get_field("before").max_length or 0  # noqa: SLF001  public, in spite of its name
Kind = Change.Kind


class State(NamedTuple):
    """What is shown of a quotation, or what a reading says of it: `fields_json`, `spans_json`."""

    fields: Mapping[str, Any]
    spans: list[dict[str, Any]]

    @property
    def words(self) -> str:
        """Return its words."""
        return str(self.fields["content"])


Told = tuple[Kind, str, str]


def words_differ(one: State, other: State) -> bool:
    """Say whether the two have other words, or the same ones at another place."""
    return content_of(one.spans) != content_of(other.spans)


def speakers_differ(one: State, other: State) -> bool:
    """Say whether the two have different speakers: rows, or, where neither has one, names."""
    return _speaker(one) != _speaker(other)


def _speaker(state: State) -> object:
    linked = state.fields["speaker_id"]
    return state.fields["speaker_name"] if linked is None else linked


def of_shown(before: State, after: State, names: Mapping[int, str]) -> list[Told]:
    """Return what changed in a quotation that is shown before and after, as kind, before, after.

    `names` has the names of the speakers that have a row, by their keys.
    """
    told: list[Told] = []
    if words_differ(before, after):
        told.append((Kind.WORDS, *differing(before.words, after.words)))
    if speakers_differ(before, after):
        told.append((Kind.SPEAKER, *_named_apart(before, after, names)))
    return told + of_factuality(before, after)


def of_factuality(before: State, after: State) -> list[Told]:
    """Return that it is reported as said now or is not; what was not looked at counts as said."""
    was, known = (_factuality(state) for state in (before, after))
    names_of = plain_words.FACTUALITY_NAMES
    if was and was != known:
        return [(Kind.FACTUALITY, names_of[was], names_of[known])]
    if not was and plain_words.not_said(known):
        return [(Kind.FACTUALITY, "", names_of[known])]
    return []


def _factuality(state: State) -> str:
    """Return whether it is reported as said; "" for a reading of before that was looked at."""
    return str(state.fields.get("factuality", ""))


def of_reviewed(
    shown: State, before: State, after: State | None, names: Mapping[int, str]
) -> list[Told]:
    """Return that a quotation was kept, if the machine newly contradicts what people decided.

    `before` is what the machine said last, `after` what it says now, None if it finds nothing.
    """
    if after is None:
        return [(Kind.KEPT, cut(shown.words), "")]
    words = words_differ(before, after) and words_differ(shown, after)
    speaker = speakers_differ(before, after) and speakers_differ(shown, after)
    if words and speaker:
        return [(Kind.KEPT, *differing(_whole(shown, names), _whole(after, names)))]
    if words:
        return [(Kind.KEPT, *differing(shown.words, after.words))]
    return [(Kind.KEPT, *_named_apart(shown, after, names))] if speaker else []


def _whole(state: State, names: Mapping[int, str]) -> str:
    return f"{_name(state, names)}: {state.words}"


def _name(state: State, names: Mapping[int, str]) -> str:
    linked = state.fields["speaker_id"]
    return str(names.get(linked) or state.fields["speaker_name"])


def _named_apart(before: State, after: State, names: Mapping[int, str]) -> tuple[str, str]:
    """Return the two speakers' names; of two people of one name, with their roles."""
    one, other = _name(before, names), _name(after, names)
    if one != other:
        return cut(one), cut(other)
    roles = [str(state.fields["speaker_role"]) or "no role given" for state in (before, after)]
    return cut(f"{one}, {roles[0]}"), cut(f"{other}, {roles[1]} (another of that name)")


def cut(words: str) -> str:
    """Return `words`, cut to what a Change holds."""
    return words if len(words) <= _LIMIT else words[: _LIMIT - 1] + _ELLIPSIS


def differing(before: str, after: str) -> tuple[str, str]:
    """Return both, cut to what a Change holds such that where they begin to differ is kept."""
    if max(len(before), len(after)) <= _LIMIT:
        return before, after
    same = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
    start = min(len(before), len(after)) if same is None else same
    start = max(0, start - _LEAD_CHARS)
    lead = _ELLIPSIS if start else ""
    return cut(lead + before[start:]), cut(lead + after[start:])
