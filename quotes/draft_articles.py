"""The stored texts to which a draft's sources lead: read once, searched and compared. Bounded."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from quotes import highlights
from quotes.draft_matching import match
from quotes.draft_words import Wording, unbroken, wording
from quotes.models import ArticleVersion, CanonicalText, Quotation
from quotes.params import CheckParams

# Words that a style of marks may split otherwise stand this much further on, at most.
_ROOM_CHARS = 40
_LEAST_WORDS, _WORDS_SOUGHT = 4, 8


class InText(NamedTuple):
    """Where words stand in an article's stored text: `[start, end)`, and the paragraph, from 1."""

    version: ArticleVersion
    start: int
    end: int
    paragraph: int
    words: str


class Texts:
    """Stored texts of article versions, the first so many of them, in three queries."""

    def __init__(self, versions: Sequence[tuple[int, int]], params: CheckParams) -> None:
        """Read the texts of `versions` (key, weight), those first, while there is room."""
        keys = [key for key, _ in versions]
        rows = ArticleVersion.objects.filter(pk__in=keys).select_related("article__outlet")
        found = {row.pk: row for row in rows}
        lengths = dict(
            CanonicalText.objects.filter(versions__in=keys).values_list("pk", "length_chars")
        )
        self._versions: dict[int, ArticleVersion] = {}
        wanted, room = set[str](), params.texts_most_chars
        for key in keys:
            version = found.get(key)
            if version is None:
                continue
            text = version.text_id
            if text not in wanted and lengths.get(text, 0) > room:
                continue
            room -= 0 if text in wanted else lengths.get(text, 0)
            wanted.add(text)
            self._versions[key] = version
        texts = CanonicalText.objects.filter(pk__in=wanted)
        self._texts = dict(texts.values_list("pk", "content"))
        self._searched = list(self._versions.values())[: params.texts_searched]

    @property
    def searched(self) -> int:
        """Return how many texts are searched for words that no quotation has."""
        return len(self._searched)

    def mismatches(self, quotation: Quotation) -> list[str] | None:
        """Return what of a quotation's words its stored text has no more; None if not read.

        Wants the spans of the content loaded.
        """
        version = self._versions.get(quotation.version_id)
        if version is None:
            return None
        pieces = [highlights.Piece(s.start, s.end, s.exact) for s in quotation.spans.all()]
        return highlights.mismatches(self._texts[version.text_id], version.text_id, pieces)

    def find(self, words: Wording) -> InText | None:
        """Return where one of the texts has these words, word by word; None if none has."""
        run = next(unbroken(words), [])[:_WORDS_SOUGHT]
        if len(run) < _LEAST_WORDS:
            return None
        exact = r"[\W_]{1,8}".join(re.escape(word.exact) for word in run)
        pattern = re.compile(exact, re.IGNORECASE)
        for version in self._searched:
            text = self._texts[version.text_id]
            for found in pattern.finditer(text):
                end = min(len(text), found.start() + _reach(words))
                area = wording(text, [(found.start(), end)])
                same = match(words, area)
                if same is not None and same.is_same:
                    parts = highlights.blocks(text)
                    number = highlights.paragraph_at(parts, same.start)
                    shown = text[same.start : same.end]
                    return InText(version, same.start, same.end, number, shown)
        return None


def _reach(words: Wording) -> int:
    """Return in how many code points the words are looked for, from their first on."""
    first, last = words.words[0], words.words[-1]
    return 2 * (last.end - first.start) + _ROOM_CHARS
