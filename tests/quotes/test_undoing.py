"""Undoing: whatever was decided is as it was; and no order of undoing breaks anything."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from quotes import decisions
from quotes.decisions import NewSpeaker, Part, Refused, Unnamed
from quotes.models import Decision, Quotation, QuotationSpan, Speaker
from quotes.nlp.document import SpeakerKind
from quotes.speaker_counts import refresh
from tests import reviewing
from tests.reviewing import snapshot

PERSON = SpeakerKind.PERSON
NAMES = ("Ana Roe", "Ana Rowe", "US Central Command", "Bo Lee", "Roe")
ACTIONS = (
    "confirm", "reject", "words", "speaker", "everywhere", "nobody", "anonymous", "merge",
    "split-name", "split-article", "split-one", "rename", "apart",
)  # fmt: skip
STEPS = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 11), st.integers(0, 11))


def _quotation(number):
    rows = list(Quotation.objects.order_by("pk"))
    return rows[number % len(rows)]


def _speaker(number):
    rows = list(Speaker.objects.order_by("pk"))
    return rows[number % len(rows)]


def _part(what, quotation, name):
    return {
        "name": Part(names=frozenset({name})),
        "article": Part(articles=frozenset({quotation.version.article_id})),
        "one": Part(quotations=frozenset({quotation.pk})),
    }[what]


def decide(step, user):
    """Take one step as a decision; Refused if it cannot be."""
    what, one, other = step
    quotation, speaker, second = _quotation(one), _speaker(one), _speaker(other)
    name = NAMES[other % len(NAMES)]
    new = NewSpeaker(name, PERSON)
    whoever = new if other % 2 else second
    if what.startswith("split-"):
        part = _part(what.removeprefix("split-"), quotation, name)
        return decisions.split(speaker, part, whoever, user)
    take = {
        "confirm": lambda: decisions.confirm(quotation, user),
        "reject": lambda: decisions.reject(quotation, user),
        "words": lambda: decisions.correct_words(quotation, [(other, other + 7)], user),
        "speaker": lambda: decisions.correct_speaker(quotation, whoever, user),
        "everywhere": lambda: decisions.correct_speaker(quotation, whoever, user, everywhere=True),
        "nobody": lambda: decisions.correct_speaker(quotation, Unnamed(), user),
        "anonymous": lambda: decisions.correct_speaker(quotation, Unnamed("an aide"), user),
        "merge": lambda: decisions.merge(speaker, second, user),
        "rename": lambda: decisions.rename(speaker, user, name=name, description=f"no. {other}"),
        "apart": lambda: decisions.tell_apart(speaker, second, user),
    }
    return take[what]()


def without_made(now, before):
    """Return a snapshot without the speakers made since, who have no quotations: addresses stay."""
    for pk in now["Speaker"].keys() - before["Speaker"].keys():
        assert now["Speaker"].pop(pk)["quotation_count"] == 0
    return now


def check_sound():
    """Assert what must hold whatever people have decided."""
    for row in Quotation.objects.select_related("version__text").prefetch_related("spans"):
        assert row.speaker is None or row.speaker.merged_into is None
        pieces = row.spans_of(QuotationSpan.Role.CONTENT)
        text = row.version.text.content
        assert row.content == " … ".join(text[p.start : p.end] for p in pieces)
        assert row.mismatches() == []
        assert bool(row.review) == hasattr(row, "machine_reading")
        assert bool(row.review) == (row.reviewed_at is not None)
        assert (row.review == "rejected") == (row.status == "rejected")
    counts = dict(Speaker.objects.values_list("pk", "quotation_count"))
    refresh(counts)
    assert counts == dict(Speaker.objects.values_list("pk", "quotation_count"))
    for speaker in Speaker.objects.exclude(merged_into=None):
        assert decisions.root(speaker).merged_into is None  # ends: there are no circles
        assert not speaker.quotations.exists()
        assert not speaker.links.exists()


# A step takes many statements: few examples, and shown as found.
CHECKED = settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.database
class TestUndoing(TestCase):
    """Whatever was decided."""

    @given(st.lists(STEPS, min_size=1, max_size=7))
    @CHECKED
    def test_undone_in_reverse_everything_is_as_it_was(self, steps):
        reviewing.stored_world()
        user = reviewing.reviewer()
        taken = []
        for step in steps:
            before = snapshot()
            try:
                taken.append((before, decide(step, user)))
            except Refused:
                assert snapshot() == before
            check_sound()
        for before, decision in reversed(taken):
            decisions.undo(decision, user)
            assert without_made(snapshot(), before) == before
            check_sound()

    @given(st.lists(STEPS, min_size=2, max_size=6), st.lists(st.integers(0, 20), max_size=8))
    @CHECKED
    def test_in_any_order_it_is_done_or_refused(self, steps, order):
        reviewing.stored_world()
        user = reviewing.reviewer()
        first = snapshot()
        for step in steps:
            try:
                decide(step, user)
            except Refused:
                continue
        for number in order:
            taken = list(Decision.objects.order_by("pk"))
            if not taken:
                break
            before = snapshot()
            try:
                decisions.undo(taken[number % len(taken)], user)
            except Refused:
                assert snapshot() == before
            check_sound()
        # However they were undone: what is left can be undone from the newest back.
        for decision in Decision.objects.exclude(kind="undo").order_by("-pk"):
            if not Decision.objects.filter(undoes=decision).exists():
                decisions.undo(decision, user)
        check_sound()
        assert without_made(snapshot(), first) == first
