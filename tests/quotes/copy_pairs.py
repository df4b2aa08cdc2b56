"""Pairs of texts, labelled by hand: is one a copy of the other, as of a wire story, or not?

The stories are invented (copy_stories.txt). Copies are made as newsrooms make them: another
headline and byline, house spelling, cuts, paragraphs of their own. What is no copy is what looks
like one: follow-ups that repeat their background, updates, two stories of one press release,
texts from a template, a long notice around two short items. Half of the families of each sort are
held back (`is_held`): the threshold was chosen on the others.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("copy_stories.txt")


def _stories() -> dict[str, list[str]]:
    stories: dict[str, list[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            paragraphs = stories.setdefault(line[3:], [])
        else:
            paragraphs.append(line)
    return stories


STORIES = _stories()
WIRED = ("ferry", "budget", "quake", "merger", "trial", "vaccine",
         "dam", "strike", "whale", "election", "fire", "court")  # fmt: skip


class Pair(NamedTuple):
    """Two texts, what they are, whether one is a copy, and whether the pair is held back."""

    name: str
    one: str
    other: str
    is_copy: bool
    is_held: bool


def _text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


HEADLINES = (
    "Island ferry hits rocks, all safe",
    "Varga wins by a whisker",
    "Quake flattens mountain villages",
    "Steel giant swallows rival",
    "Stadium mayor jailed",
    "One jab against malaria",
    "Dam crack empties two villages",
    "Pilots’ strike strands thousands",
    "Elsie swims home",
    "A quiet revolution in Maloa",
    "Town hall in flames",
    "Bosses may not read along",
)
# Paragraphs that a local paper adds.
LOCAL = STORIES["local"]
SPELLING = {
    "per cent": "percent", "metres": "meters", "metre": "meter", "kilometres": "kilometers",
    "sixteenth": "16th", "organization": "organisation", "lorries": "trucks", "lorry": "truck",
    "chief executive": "CEO", "eleven": "11", "twelve": "12", "seventeen": "17",
    "on Tuesday": "Tuesday", "on Monday": "Monday", "on Sunday": "Sunday", "on Friday": "Friday",
    "on Wednesday": "Wednesday", "on Thursday": "Thursday", "on Saturday": "Saturday",
    "’": "'", "“": '"', "”": '"',
}  # fmt: skip


def _house(paragraphs: list[str]) -> list[str]:
    """Return the paragraphs in the spelling of another house."""
    changed = []
    for text in paragraphs:
        for old, new in SPELLING.items():
            text = text.replace(old, new)  # noqa: PLW2901
        changed.append(text)
    return changed


def _copies() -> Iterator[Pair]:
    for number, name in enumerate(WIRED):
        story, headline = STORIES[name], HEADLINES[number]
        local = LOCAL[number % len(LOCAL)]
        whole, held = _text(*story), bool(number % 2)
        agency = _text(f"By Our Agency\n{name.upper()} (Wire) –", *story)
        cut = len(story) // 2 + number % 3 - (number % 4 == 3)
        variants = {
            "headline": _text(headline, "From our wires", *story),
            "cut": _text(headline, *story[: max(4, cut)]),
            "local": _text(headline, *_house(story[:3]), local, *_house(story[3:-2])),
            "middle": _text(headline, story[0], *story[2:4], *story[5:], local),
        }
        for kind, text in variants.items():
            original = agency if kind in ("headline", "local") else whole
            yield Pair(f"{name}: {kind}", original, text, is_copy=True, is_held=held)
        if number % 3 == 0:
            # Two papers that have both taken from the wire, each in its own way.
            one = _text("Evening edition", *story[:6], local)
            other = _text(headline, story[0], *_house(story[2:]))
            yield Pair(f"{name}: two papers", one, other, is_copy=True, is_held=held)


# Stories that are not copies of each other, each a family of its own.
_TWO = (
    ("ferry", "ferry-next"),
    ("budget", "budget-next"),
    ("quake", "quake-next"),
    ("merger", "merger-next"),
    ("trial", "trial-next"),
    ("strike", "strike-next"),
    ("ferry", "ferry-update"),
    ("dam", "dam-update"),
    ("whale", "whale-update"),
    ("ferry-next", "ferry-update"),
    ("quake", "quake-other"),
    ("trial", "trial-other"),
    ("election", "election-other"),
    ("quake-next", "quake-other"),
    ("release-solar-a", "release-solar-b"),
    ("release-bank-a", "release-bank-b"),
    ("release-club-a", "release-club-b"),
    ("release-museum-a", "release-museum-b"),
    ("statement-a", "statement-b"),
    ("weather-a", "weather-b"),
    ("weather-b", "weather-c"),
    ("weather-a", "weather-c"),
    ("game-a", "game-b"),
    ("game-a", "game-c"),
    ("game-b", "game-c"),
    ("market-a", "market-b"),
    ("budget", "election"),
    ("dam", "fire"),
)
# Two short items, and the long notice that both carry; before or after them.
_NOTICED = (
    ("brief-bridge", "brief-library", "notice-subscribe", False),
    ("brief-market", "brief-school", "notice-subscribe", True),
    ("brief-school", "brief-library", "notice-subscribe", False),
    ("drought-wedding", "drought-well", "notice-explainer", False),
    ("drought-well", "drought-wedding", "notice-explainer", True),
    ("police-theft", "police-crash", "notice-legal", False),
    ("police-crash", "police-theft", "notice-legal", True),
    ("brief-bridge", "police-crash", "notice-legal", True),
)


def _others() -> Iterator[Pair]:
    for number, (one, other) in enumerate(_TWO):
        texts = _text(*STORIES[one]), _text(*STORIES[other])
        yield Pair(f"{one}, {other}", *texts, is_copy=False, is_held=bool(number % 2))
    for number, (one, other, notice, before) in enumerate(_NOTICED):
        long = STORIES[notice]
        texts = [
            _text(*long, *STORIES[n]) if before else _text(*STORIES[n], *long) for n in (one, other)
        ]
        name = f"{one}, {other} {'after' if before else 'before'} {notice}"
        yield Pair(name, texts[0], texts[1], is_copy=False, is_held=bool(number % 2))


PAIRS = (*_copies(), *_others())
