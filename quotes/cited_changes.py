"""What a citation said of a quotation, against what would be said now -> what changed. Pure.

Both sides are the plain values of quotes/cited_snapshots.py. What comes to the same is no change:
styles of marks, white space, a review that leaves the words, a newer version that still has them.
Which change is told, and why: docs/decisions/0031-collections-and-what-was-cited.md.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypedDict

from quotes.nlp.document import Factuality
from quotes.plain_words import FACTUALITY_NAMES
from quotes.wording import fold

Snapshot = Mapping[str, Any]

CURRENT, GONE, REJECTED = "current", "gone", "rejected"
VANISHED, CHANGED, SAME = "vanished", "changed", "same"


class Change(TypedDict):
    """Something that is different now: of which kind, what was cited, and what holds now."""

    kind: str
    was: str
    now: str


class Meaning(NamedTuple):
    """What a kind of change is called, and what it means for a text that cites the quotation."""

    label: str
    means: str


# In the order in which they are told: what takes a quotation away first.
MEANINGS: Mapping[str, Meaning] = {
    "deleted": Meaning("Deleted", "The archive does not have this quotation any more."),
    "rejected": Meaning("Not a quotation", "People found that nobody is quoted here."),
    "gone": Meaning(
        "No longer found", "The latest reading of the article does not have this quotation."
    ),
    "returned": Meaning("Found again", "It was not valid when it was cited; now it is."),
    "vanished": Meaning(
        "Gone from the article",
        "The article has a newer version, and that does not have these words.",
    ),
    "words": Meaning("Words corrected", "The words that you cited were corrected here."),
    "reworded": Meaning(
        "Words changed in the article",
        "A newer version of the article has other words: the quotation’s page leads to them. What "
        "you export anew has those that you cited.",
    ),
    "speaker": Meaning("Speaker corrected", "Somebody else is named as the speaker."),
    "attributed": Meaning(
        "Speaker changed in the article",
        "In a newer version of the article somebody else is the speaker.",
    ),
    "factuality": Meaning(
        "Whether it was said", "Whether the article reports this as said is understood differently."
    ),
    "retold": Meaning(
        "Whether it was said, changed in the article",
        "A newer version of the article differs in whether it reports this as said.",
    ),
    "kind": Meaning("Kind corrected", "How the words are quoted is understood differently."),
    "act": Meaning("Act corrected", "What is done with the words is understood differently."),
    "role": Meaning("Role", "How the speaker is described has changed."),
    "medium": Meaning("Medium", "Where it was said or written is given differently."),
    "paragraph": Meaning("Paragraph", "The words stand in another paragraph than you cited."),
    "title": Meaning("Title", "The article has another title."),
    "byline": Meaning("Author", "The article names other authors."),
    "outlet": Meaning("Outlet", "The article’s outlet is named differently."),
    "date": Meaning("Date", "The article’s date of publication has changed."),
    "url": Meaning("Address", "The article has another address."),
}
# What can make a text that cites the quotation wrong.
GRAVE = {"deleted", "rejected", "gone", "vanished", "words", "reworded", "speaker", "attributed",
         "factuality", "retold", "kind"}  # fmt: skip
# Whose two sides are states of the quotation: their label says all.
STANDING = {"rejected", "gone", "returned"}
_ORDER = {kind: place for place, kind in enumerate(MEANINGS)}
# What a citation says besides words, speaker and article: kind of change -> where it stands.
_SAID = {"kind": "kind", "act": "act", "role": "speaker_role", "medium": "medium",
         "paragraph": "paragraph", "outlet": "outlet", "url": "url"}  # fmt: skip
# Of the article: as its current version has it.
_ARTICLE = {"title": "title", "byline": "byline", "date": "published_on"}


def changes(then: Snapshot, now: Snapshot | None) -> list[Change]:
    """Return what is different of a quotation since it was cited, the gravest first.

    `now` is None for one that was deleted. The same two sides always give the same list, so that
    a change that was undone leaves none.
    """
    if now is None:
        return [Change(kind="deleted", was=str(then["content"]), now="")]
    found = [*_standing(then, now), *_words(then, now), *_speaker(then, now)]
    found += _factuality(then, now)
    found += [_change(kind, then[name], now[name]) for kind, name in _SAID.items()
              if _text(then[name]) != _text(now[name])]  # fmt: skip
    before, after = then["article"], now["article"]
    found += [_change(kind, before[name], after[name]) for kind, name in _ARTICLE.items()
              if _text(before[name]) != _text(after[name])]  # fmt: skip
    return sorted(found, key=lambda change: _ORDER[change["kind"]])


def _standing(then: Snapshot, now: Snapshot) -> Iterator[Change]:
    """Yield that the quotation stopped to be one, or is one again."""
    if then["status"] != now["status"]:
        kind = "returned" if now["status"] == CURRENT else str(now["status"])
        yield Change(kind=kind, was=str(then["status"]), now=str(now["status"]))


def _words(then: Snapshot, now: Snapshot) -> Iterator[Change]:
    """Yield that the words were corrected, or that a newer version has others or none."""
    if fold(then["content"]) != fold(now["content"]):
        yield _change("words", then["content"], now["content"])
    before, after = then["article"], now["article"]
    if after["fate"] == VANISHED and before["fate"] != VANISHED:
        yield Change(kind="vanished", was=str(now["content"]), now="")
    elif after["fate"] == CHANGED:
        known = {fold(now["content"]), fold(before["content"])}
        if fold(after["content"]) not in known:
            yield _change("reworded", now["content"], after["content"])


def _speaker(then: Snapshot, now: Snapshot) -> Iterator[Change]:
    """Yield that another is the speaker, here or in a newer version."""
    slugs = {then["speaker_slug"], now["speaker_slug"]} - {""}
    if then["speaker"] != now["speaker"]:
        yield _change("speaker", then["speaker"], now["speaker"])
    elif len(slugs) > 1:
        yield _change("speaker", then["speaker"], f"{now['speaker']} (another of that name)")
    before, after = then["article"], now["article"]
    if after["fate"] in {SAME, CHANGED} and after["speaker"] not in {
        now["speaker"],
        before["speaker"],
    }:
        yield _change("attributed", now["speaker"], after["speaker"])


def _factuality(then: Snapshot, now: Snapshot) -> Iterator[Change]:
    """Yield that it is said or not said now, here or in a newer version.

    What was not looked at was cited as said, so that only its opposite is news.
    """
    was, known = _said(then), _said(now)
    if was != known:
        yield Change(kind="factuality", was=was, now=known)
    before, after = then["article"], now["article"]
    if after["fate"] in {SAME, CHANGED} and _said(after) not in {known, _said(before)}:
        yield Change(kind="retold", was=known, now=_said(after))


def _said(side: Snapshot) -> str:
    return FACTUALITY_NAMES[side.get("factuality") or Factuality.FACTUAL]


def _change(kind: str, was: object, now: object) -> Change:
    return Change(kind=kind, was=_text(was), now=_text(now))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def is_grave(found: list[Change]) -> bool:
    """Say whether one of the changes can make a text that cites the quotation wrong."""
    return any(change["kind"] in GRAVE for change in found)
