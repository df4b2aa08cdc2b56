"""A quotation of a draft against words of the archive: the same, altered, or others. Pure.

"The same" means that every word, figure and sign inside agrees (quotes/draft_words.py says what
typography is), in order, and that nothing was left out without an ellipsis. What style manuals
permit is understood: the first letter may be of another case, stops at the end may differ, an
ellipsis stands for words left out, words in brackets for a few. Why, and the figures:
docs/decisions/0032-checking-a-draft.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from quotes.draft_turns import hides, is_cut_off, puts_in
from quotes.draft_words import BREAK, ELLIPSIS, Word, Wording
from quotes.params import CHECKING, CheckParams

_ENDING = frozenset("?!")
# A sentence that has ended may be followed by another one of the same speaker.
_STOPS = frozenset(".?!")
_LEAST_ROOM_WORDS = 3
# “We … will … win” stands in half of all that is said.
_LEAST_RUN_WORDS, _LEAST_WORDS = 2, 4
# Only the same words are wholly alike.
_MOST_ALIKE = 0.99


class Match(NamedTuple):
    """How the words of a draft compare with some of the archive.

    `similarity` is in [0, 1], 1.0 if all words are the same. `problems` are of "words",
    "capitals", "signs", "ellipsis" (words left out without one), "turned" (a negation hidden by
    one, or put in by brackets); none if it is verbatim. `start` and `end` are where in the
    archive's text the words stand, in code points. `is_part`: the archive has more of them.
    `is_own`: they are all the speaker's own, none the article's. `is_cut_off`: a negation stands
    right before them.
    """

    similarity: float
    problems: frozenset[str]
    start: int
    end: int
    is_part: bool
    is_own: bool
    is_cut_off: bool = False

    @property
    def is_same(self) -> bool:
        """Say whether the words are the archive's, word by word."""
        return not self.problems


class _Run(NamedTuple):
    """Words of the draft that stand together; `reach`: words that may be left out before them."""

    words: tuple[Word, ...]
    tail: str
    reach: int | None
    is_free: bool  # of the case of its first letter
    inserted: tuple[Word, ...] = ()  # in brackets before them
    behind: tuple[Word, ...] = ()  # in brackets after the last run


def match(
    draft: Wording, archive: Wording, *, is_split: bool = False, params: CheckParams = CHECKING
) -> Match | None:
    """Return how the words of the draft compare with those of the archive; None if they do not.

    `is_split`: the breaks in the archive's words are where the article interrupts the speaker, so
    that the speaker's words go on there.
    """
    if not draft.words or not archive.words:
        return None
    for runs in dict.fromkeys((_literal(draft), _understood(draft, params))):
        if not _tells(runs):
            continue
        places = _places(runs, archive.keys)
        if places is not None:
            problems = _problems(runs, archive, places, is_split=is_split)
            last = places[-1] + len(runs[-1].words)
            if _is_turned(runs, archive, places):
                problems |= {"turned"}
            shared = chain.from_iterable(
                range(place, place + len(run.words))
                for place, run in zip(places, runs, strict=True)
            )
            cut_off = is_cut_off(archive.words[: places[0]], archive.words[places[0]].before)
            found = _found(archive, (places[0], last), shared, 1.0, problems)
            return found._replace(is_cut_off=cut_off)
    return _altered(draft, archive, params)


def _tells(runs: Sequence[_Run]) -> bool:
    """Say whether words with ellipses between them are enough to tell one utterance by."""
    if all(run.reach is not None for run in runs[1:]):
        return True
    lengths = [len(run.words) for run in runs]
    return max(lengths) >= _LEAST_RUN_WORDS and sum(lengths) >= _LEAST_WORDS


def _found(
    archive: Wording,
    area: tuple[int, int],
    shared: Iterable[int],
    similarity: float,
    problems: frozenset[str],
) -> Match:
    """Return a match with the words of an `[first, after)`; `shared`: which the draft has too."""
    first, after = area
    words = archive.words[first:after]
    is_part = first > 0 or after < len(archive.words)
    is_own = all(archive.words[place].is_own for place in shared)
    return Match(similarity, problems, words[0].start, words[-1].end, is_part, is_own)


# --- what the writer did


def _literal(draft: Wording) -> tuple[_Run, ...]:
    """Return the draft's words as they stand, cut at breaks: brackets may be the archive's."""
    return _runs(draft.words, draft.tail, [_break_reach(word.before) for word in draft.words])


def _understood(draft: Wording, params: CheckParams) -> tuple[_Run, ...]:
    """Return the draft's words without insertions, cut where words may have been left out."""
    kept: list[Word] = []
    reaches: list[int | None] = []
    dropped: dict[int, list[Word]] = {}  # by the place of the word that is kept behind them
    reach: int | None = 0
    for word in draft.words:
        step = 0 if word.is_inserted else _gap_reach(word.before)
        if word.is_inserted or word.is_mended:
            step = params.inserted_words
        reach = None if reach is None or step is None else max(reach, step)
        if word.is_inserted or word.is_mended:
            dropped.setdefault(len(kept), []).append(word)
        else:
            kept.append(word)
            reaches.append(reach)
            reach = 0
    return _runs(tuple(kept), draft.tail, reaches, dropped)


def _gap_reach(before: str) -> int | None:
    return None if ELLIPSIS in before else _break_reach(before)


def _break_reach(before: str) -> int | None:
    """Return how many words may be left out at a break of the draft's own: any after a stop."""
    head, found, _ = before.partition(BREAK)
    return None if found and not _STOPS.isdisjoint(head) else 0


def _runs(
    words: Sequence[Word],
    tail: str,
    reaches: Sequence[int | None],
    dropped: Mapping[int, Sequence[Word]] = MappingProxyType({}),
) -> tuple[_Run, ...]:
    cuts = [i for i in range(1, len(words)) if reaches[i] != 0]
    found: list[_Run] = []
    for low, high in zip([0, *cuts], [*cuts, len(words)], strict=True):
        if low == high:
            continue
        is_last = high == len(words)
        found.append(
            _Run(
                tuple(words[low:high]),
                tail if is_last else words[high].before,
                reaches[low],
                is_free=True,
                inserted=tuple(dropped.get(low, ())),
                behind=tuple(dropped.get(high, ())) if is_last else (),
            )
        )
    return tuple(found)


# --- the same words


def _places(runs: Sequence[_Run], keys: Sequence[str]) -> list[int] | None:
    """Return where in the archive each run stands, in order; None if one does not."""
    if not runs:
        return None
    first = [word.key for word in runs[0].words]
    for start in _occurrences(first, keys, 0, None):
        places = [start]
        for run in runs[1:]:
            after = places[-1] + len(runs[len(places) - 1].words)
            wanted = [word.key for word in run.words]
            place = next(_occurrences(wanted, keys, after, run.reach), None)
            if place is None:
                break
            places.append(place)
        if len(places) == len(runs):
            return places
    return None


def _occurrences(
    wanted: list[str], keys: Sequence[str], start: int, reach: int | None
) -> Iterator[int]:
    """Yield the places from `start` on, at most `reach` words further, where `wanted` stands."""
    last = len(keys) - len(wanted)
    if reach is not None:
        last = min(last, start + reach)
    size = len(wanted)
    for place in range(start, last + 1):
        if keys[place] == wanted[0] and list(keys[place : place + size]) == wanted:
            yield place


def _problems(
    runs: Sequence[_Run], archive: Wording, places: Sequence[int], *, is_split: bool
) -> frozenset[str]:
    found: set[str] = set()
    for run, place in zip(runs, places, strict=True):
        for number, word in enumerate(run.words):
            other = archive.words[place + number]
            if not _same_case(word, other, is_first=number == 0):
                found.add("capitals")
            if number:
                found |= _sign_problems(word.before, other.before, is_split=is_split)
        found |= _end_problems(run.tail, archive.after(place + len(run.words) - 1))
    return frozenset(found)


def _is_turned(runs: Sequence[_Run], archive: Wording, places: Sequence[int]) -> bool:
    """Say whether an ellipsis or a bracket hides a negation, or puts one in."""
    at = places[0]
    if puts_in(runs[0].inserted, archive.words[max(0, at - 1) : at]):
        return True
    at += len(runs[0].words)
    for run, place in zip(runs[1:], places[1:], strict=True):
        left_out = archive.words[at:place]
        # A bracket may put in other words the negation that it stands for.
        if hides(left_out, archive.words[place].before) != puts_in(run.inserted, left_out):
            return True
        at = place + len(run.words)
    return puts_in(runs[-1].behind, archive.words[at : at + 1])


def _same_case(word: Word, other: Word, *, is_first: bool) -> bool:
    if word.is_mended:
        return True
    if is_first or word.is_recased:
        return word.exact[1:] == other.exact[1:]
    return word.exact == other.exact


def _sign_problems(here: str, there: str, *, is_split: bool) -> set[str]:
    """Return what is wrong with the signs between two words."""
    if BREAK in there or BREAK in here:
        # The article's own words stood between, or the draft's.
        joined = is_split or BREAK in here
        return set() if joined else {"ellipsis"}
    if ELLIPSIS in there and ELLIPSIS not in here:
        return {"ellipsis"}
    return set() if here == there else {"signs"}


def _end_problems(here: str, there: str) -> set[str]:
    """Return whether a question or an exclamation was made of a sentence, or the reverse."""
    if ELLIPSIS in here or "[" in here:
        return set()
    ours = {sign for sign in here.partition(BREAK)[0] if sign in _ENDING}
    theirs = {sign for sign in there.partition(BREAK)[0] if sign in _ENDING}
    return {"signs"} if ours != theirs else set()


# --- altered words


def _altered(draft: Wording, archive: Wording, params: CheckParams) -> Match | None:
    """Return how alike the words are to the likeliest of the archive's, None if hardly."""
    keys = archive.keys
    runs = [run for run in _understood(draft, params) if run.words] or list(_literal(draft))
    shared: list[int] = []
    total = 0
    low, high = len(keys), 0
    for run in runs:
        ours = [word.key for word in run.words]
        start, end, equal = _window(ours, keys)
        shared += equal
        total += len(ours) + end - start
        if equal:
            low, high = min(low, start), max(high, end)
    similarity = 2 * len(shared) / total if total else 0.0
    if similarity < params.draft_altered_from or len(shared) < params.altered_words:
        return None
    alike = min(similarity, _MOST_ALIKE)
    return _found(archive, (low, high), shared, alike, frozenset({"words"}))


def _window(ours: Sequence[str], theirs: Sequence[str]) -> tuple[int, int, list[int]]:
    """Return the `[start, end)` of `theirs` that is likest to `ours`, and where they are equal."""
    start, end = 0, len(theirs)
    if len(ours) < len(theirs):
        found = fuzz.partial_ratio_alignment(ours, theirs)
        if found is None:
            return 0, 0, []
        # Room for what was left out: the best window is as long as what is sought in it.
        room = max(_LEAST_ROOM_WORDS, len(ours) // 3)
        start = max(0, found.dest_start - room)
        end = min(len(theirs), found.dest_end + room)
    equal = [c for c in LCSseq.opcodes(ours, theirs[start:end]) if c.tag == "equal"]
    if not equal:
        return 0, 0, []
    # Words at the ends that were replaced belong to it, one for one.
    first = start + equal[0].dest_start - min(equal[0].src_start, equal[0].dest_start)
    behind = min(len(ours) - equal[-1].src_end, end - start - equal[-1].dest_end)
    places = [start + place for c in equal for place in range(c.dest_start, c.dest_end)]
    return first, start + equal[-1].dest_end + behind, places
