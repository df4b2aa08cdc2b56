"""Where a draft turns the archive's words though all of its own stand there. Pure.

An ellipsis or a bracket is the writer's to set, but not over a "not": “we will … ration” for "we
will not ration", “we will [not] ration”, “they are [un]able”. And a part that is cut right behind
a negation says the opposite of the whole.
"""

from collections.abc import Iterable, Sequence

from quotes.draft_words import Word
from quotes.wording import is_negation


def hides(left_out: Sequence[Word], behind: str) -> bool:
    """Say whether words left out negate what stands beside them.

    `behind` are the signs after the last of them. What signs cut off on both sides ("…, not that
    it matters, …") negates itself alone.
    """
    if not left_out:
        return False
    first = [left_out[0]] if not left_out[0].before else []
    for word in left_out[1:] if first else ():
        if word.before:
            break
        first.append(word)
    return _negates(first) or (not behind and _negates(_clause_end(left_out)))


def puts_in(inserted: Iterable[Word], left_out: Sequence[Word]) -> bool:
    """Say whether what a draft has in brackets negates, by a word or by letters before one."""
    bare = {word.key for word in left_out}
    return any(
        is_negation(word.key)
        or (word.is_mended and any(word.key[at:] in bare for at in range(1, len(word.key))))
        for word in inserted
    )


def is_cut_off(before: Sequence[Word], behind: str) -> bool:
    """Say whether a negation stands before a part in the same clause, `behind` it no sign."""
    return not behind and _negates(_clause_end(before))


def _clause_end(words: Sequence[Word]) -> list[Word]:
    """Return the last words without a sign between them."""
    found: list[Word] = []
    for word in reversed(words):
        found.append(word)
        if word.before:
            break
    return found


def _negates(words: Iterable[Word]) -> bool:
    return any(is_negation(word.key) for word in words)
