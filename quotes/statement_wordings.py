"""Quotations as they are compared: what of the stored rows counts, and in which order they stand.

Part of quotes/statements.py. Only what is shown is compared: current quotations of speech in the
current version of their article; former versions are versions, and no further reports. What the
article does not report as said is no report of an utterance.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

from django.db.models import BooleanField, F, Max, Min, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest, Least, Substr

from quotes import variant_words
from quotes.chunks import chunks
from quotes.models import SAID, Quotation, QuotationQuerySet, QuotationSpan
from quotes.nlp.document import SpeakerKind
from quotes.params import VARIANTS
from quotes.variants import Who, Wording, standing

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
    "speaker_kind",
    "version__title",
    "version__opening",
)
_AROUND_CHARS = 200
# A speaker all of whose names hold in its article only (quotes/speakers.py, article_key); as SQL,
# since the ORM would take longer to build it than the database to answer.
_NAMES = "SELECT 1 FROM quotes_speakername n WHERE n.speaker_id = quotes_quotation.speaker_id"
_IS_LOCAL = RawSQL(  # noqa: S611  no words of users
    f"EXISTS ({_NAMES} AND SUBSTR(n.key, 1, 3) = 'in ')"
    f" AND NOT EXISTS ({_NAMES} AND n.key <> '' AND SUBSTR(n.key, 1, 3) <> 'in ')",
    (),
    output_field=BooleanField(),
)

Order = tuple[int, int, int, str]


class Known(NamedTuple):
    """A stored quotation as it is compared."""

    pk: int
    uid: str
    version: int
    wording: Wording

    @property
    def order(self) -> Order:
        """Return where it stands among those that are compared: the lesser leads.

        Whose speaker is known leads who is known in its article only, and that one who is not, then
        what has more words said, then more words: the shorter is compared with the longer,
        whichever was stored first.
        """
        words = variant_words.read(self.wording.text, self.wording.kind)
        said, count = standing(words)
        who = self.wording.who
        unknown = 2 if who is None else int(who.is_local)
        return (unknown, -said, -count, self.uid)

    @property
    def fingerprint(self) -> str:
        """Return a digest over all that comparing looks at, and its thresholds."""
        told = (*self.wording, _thresholds())
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
        rows = shown().filter(pk__in=chunk).order_by().annotate(is_local=_IS_LOCAL)
        found |= {row[0]: _known(*row) for row in rows.values_list(*_COLUMNS, "is_local")}
    return found


def _known(pk: int, uid: str, version: int, *columns: Any) -> Known:
    text, kind, speaker, day, before, behind, *named = columns[:9]
    is_a, title, opening, local = columns[9:]
    who = None
    if speaker is not None:
        who = Who(named[1], is_a == SpeakerKind.PERSON, bool(local))
    if speaker is None or local or day is None:
        # Within days, who speaks is evidence as well; on any day that one speaks, it is none. Nor
        # is a piece of a word, where the words around are cut.
        before, behind = before.partition(" ")[2], behind.rpartition(" ")[0]
    source = " ".join(named) if day is None and speaker is not None else ""
    begins = opening.rpartition(" ")[0] if opening.endswith("…") else opening
    told = f"{title} … {begins}"
    wording = Wording(text, kind, speaker, day, f"{before} … {behind}", source, who, told)
    return Known(pk, uid, version, wording)


def around(keys: Iterable[int]) -> dict[int, str]:
    """Return key -> some two hundred code points on both sides of a stored quotation.

    Of those whose place in the text is stored; a query for each 500.
    """
    found = {}
    content = Q(spans__role=QuotationSpan.Role.CONTENT)
    first, last = Min("spans__start", filter=content), Max("spans__end", filter=content)
    for chunk in chunks(sorted(keys)):
        placed = Quotation.objects.filter(pk__in=chunk).order_by().annotate(first=first, last=last)
        texts = placed.filter(first__isnull=False).annotate(
            before=Substr(
                "version__text__content",
                Greatest(F("first") - _AROUND_CHARS, 0) + 1,
                Least(F("first"), _AROUND_CHARS),
            ),
            behind=Substr("version__text__content", F("last") + 1, _AROUND_CHARS),
        )
        for pk, before, behind in texts.values_list("pk", "before", "behind"):
            found[pk] = f"{before} … {behind}"
    return found
