"""Quotations as they are compared: what of the stored rows counts, and in which order they stand.

Part of quotes/statements.py. Only what is shown is compared: current quotations of speech in the
current version of their article; former versions are versions, and no further reports. What the
article does not report as said is no report of an utterance.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from quotes import variant_words
from quotes.chunks import chunks
from quotes.models import SAID, Quotation, QuotationQuerySet
from quotes.params import VARIANTS
from quotes.variants import Wording, standing

# Bounds of work, on which no result hangs, or that of few: were they counted, all would be compared
# anew.
_OF_NO_RESULT = {"failures_sought", "aligned_pairs", "speaker_quotations"}
_COLUMNS = (
    "pk",
    "uid",
    "version_id",
    "content",
    "kind",
    "speaker_id",
    "version__published_on",
    "prefix",
    "suffix",
    "mention",
    "speaker_name",
    "speaker_role",
)

Order = tuple[bool, int, int, str]


class Known(NamedTuple):
    """A stored quotation as it is compared."""

    pk: int
    uid: str
    version: int
    wording: Wording

    @property
    def order(self) -> Order:
        """Return where it stands among those that are compared: the lesser leads.

        Whose speaker is known leads who is not, then what has more words said, then more words:
        the shorter is compared with the longer, whichever was stored first.
        """
        words = variant_words.read(self.wording.text, self.wording.kind)
        said, count = standing(words)
        return (self.wording.speaker is None, -said, -count, self.uid)

    @property
    def fingerprint(self) -> str:
        """Return a digest over all that comparing looks at, and its thresholds."""
        # Without a source as it was before there was one: what is stored need not be compared anew.
        wording = self.wording if self.wording.source else self.wording[:-1]
        told = (*wording, _thresholds())
        return blake2b(repr(told).encode(), digest_size=16).hexdigest()


@cache
def _thresholds() -> str:
    told = VARIANTS.model_dump_json(exclude=_OF_NO_RESULT)
    return blake2b(told.encode(), digest_size=16).hexdigest()


def shown() -> QuotationQuerySet:
    """Return the quotations that are compared."""
    return Quotation.objects.current().speech().filter(factuality__in=SAID)


def load(keys: Iterable[int]) -> dict[int, Known]:
    """Return key -> quotation, of those with these keys that are compared; a query for each 500."""
    found: dict[int, Known] = {}
    for chunk in chunks(sorted(keys)):
        rows = shown().filter(pk__in=chunk).order_by().values_list(*_COLUMNS)
        found |= {row[0]: _known(*row) for row in rows}
    return found


def _known(pk: int, uid: str, version: int, *columns: object) -> Known:
    text, kind, speaker, day, prefix, suffix, *source = columns
    before, behind, named = str(prefix), str(suffix), ""
    if day is None and speaker is not None:
        # Within days, who speaks is evidence as well; on any day that one speaks, it is none. Nor
        # is a piece of a word, where the words around are cut.
        before, behind = before.partition(" ")[2], behind.rpartition(" ")[0]
        named = " ".join(map(str, source))
    wording = Wording(text, kind, speaker, day, f"{before} … {behind}", named)  # type: ignore[arg-type]  # columns of mixed types
    return Known(pk, uid, version, wording)
