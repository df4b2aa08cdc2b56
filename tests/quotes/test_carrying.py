"""A new version of an article: quotations are linked, and decisions stay. On both databases."""

import pytest

from quotes import decisions, store
from quotes.decisions import NewSpeaker, Unnamed
from quotes.models import Decision, MachineReading, Quotation, Speaker, SpeakerLink
from quotes.nlp.document import Document, SpeakerKind
from tests import reviewing
from tests.builders import provenance, quotation, source, span
from tests.reviewing import COMMAND, MONITOR, ROE, ROWE, TAX, tax_document

pytestmark = [pytest.mark.django_db, pytest.mark.database]
URL = "https://example.org/tax"
Review, Status = Quotation.Review, Quotation.Status
WORDS = ("the café 🚆 tax would rise", "“It must,”", "she had doubts", "nobody knew",
         "there were no trains", "it was sad")  # fmt: skip
SPEAKERS = (ROE, ROE, ROWE, MONITOR, COMMAND, ROE)
SOURCES = ("Ana Roe", None, "Ana Rowe", "A monitor", "US Central Command", None)


def stored(text: str, doc: Document, run=None, **fields):
    run = run or store.open_run(provenance())
    return store.record(source(text, url=URL, **fields), doc, run).version


@pytest.fixture
def first():
    return stored(TAX, tax_document())


def document(text: str, words=WORDS) -> Document:
    """Return the quotations of `WORDS` that `text` has, with the machine's speakers."""
    found = [
        quotation(text, word, speaker=speaker, **({"source": said} if said else {}))
        for word, speaker, said in zip(WORDS, SPEAKERS, SOURCES, strict=True)
        if word in words and word in text
    ]
    return Document(text=text, quotations=tuple(found))


def changed(text: str, words=WORDS, run=None, **fields):
    return stored(text, document(text, words), run, **fields)


def of(version, words: str) -> Quotation:
    return version.quotations.get(content__contains=words)


CORRECTED = TAX + "\nThis article has been corrected.\n"


def test_quotations_of_the_same_words_are_linked(first):
    second = changed(CORRECTED)
    for row in second.quotations.select_related("predecessor"):
        assert row.predecessor.version == first
        assert row.predecessor.content == row.content
    assert not Quotation.objects.filter(version=first).exclude(predecessor=None).exists()


def test_changed_words_are_linked_and_new_ones_are_not(first):
    text = TAX.replace("tax would rise", "tax would not rise").replace("nobody knew", "they left")
    doc = document(text)
    other = quotation(text, "the café 🚆 tax would not rise", source="Ana Roe", speaker=ROE)
    added = quotation(text, "they left", source="A monitor", speaker=MONITOR)
    second = stored(text, Document(text=text, quotations=(other, *doc.quotations, added)))
    assert of(second, "not rise").predecessor == of(first, "would rise")
    assert of(second, "they left").predecessor is None


def test_what_vanished_and_came_back_is_linked_with_when_it_was_there(first):
    without = TAX.replace("A monitor said nobody knew.", "")
    changed(without)
    third = changed(CORRECTED)
    assert of(third, "nobody knew").predecessor == of(first, "nobody knew")
    assert of(third, "doubts").predecessor.version.number == 2


@pytest.mark.usefixtures("first")
def test_linking_again_changes_nothing():
    second = changed(CORRECTED)
    before = dict(second.quotations.values_list("uid", "predecessor"))
    stamps = set(second.quotations.values_list("updated_at", flat=True))
    store.record_again(second, document(CORRECTED), store.open_run(provenance("2")))
    assert dict(second.quotations.values_list("uid", "predecessor")) == before
    assert set(second.quotations.values_list("updated_at", flat=True)) == stamps


# --- decisions


def test_a_confirmation_stays(first):
    user = reviewing.reviewer()
    decisions.confirm(of(first, "doubts"), user, why="heard it")
    row = of(changed(CORRECTED), "doubts")
    assert row.review == Review.CONFIRMED
    decision = Decision.objects.get(quotation=row)
    assert (decision.kind, decision.by) == (Decision.Kind.CARRIED, user)
    assert decision.why == f"as decided on version 1 ({of(first, 'doubts').uid}): heard it"
    assert MachineReading.objects.filter(quotation=row).exists()


def test_a_corrected_speaker_does_not_fall_back_to_the_programs(first):
    user = reviewing.reviewer()
    other = reviewing.called("Ana Rowe")
    decisions.correct_speaker(of(first, "It must"), other, user)
    row = of(changed(CORRECTED), "It must")
    assert (row.speaker, row.review) == (other, Review.CORRECTED)
    assert row.machine_reading.fields["speaker_name"] == "Ana Roe"
    assert not row.spans.filter(role__in=("antecedent", "name")).exists()
    other.refresh_from_db()
    assert other.quotation_count == 2


def test_what_is_not_a_quotation_does_not_come_back(first):
    decisions.reject(of(first, "nobody knew"), reviewing.reviewer())
    row = of(changed(CORRECTED), "nobody knew")
    assert (row.review, row.status) == (Review.REJECTED, Status.REJECTED)
    assert not Quotation.objects.current().filter(pk=row.pk).exists()


def test_corrected_words_are_found_in_the_new_text(first):
    row = of(first, "doubts")
    start = row.spans.get(role="content").start
    decisions.correct_words(row, [(start + len("she "), start + len("she had doubts"))],
                            reviewing.reviewer())  # fmt: skip
    second = changed("Corrected version.\n\n" + TAX + "\nEnd.")
    moved = second.quotations.get(content="had doubts")
    assert (moved.review, moved.paragraph_index) == (Review.CORRECTED, 3)
    assert moved.spans.get(role="content").exact == "had doubts"
    assert moved.predecessor == row


def test_a_newer_machine_does_not_undo_it(first):
    other = reviewing.called("Ana Rowe")
    decisions.correct_speaker(of(first, "It must"), other, reviewing.reviewer())
    second = changed(CORRECTED)
    again = store.open_run(provenance("2"))
    store.record_again(second, document(CORRECTED), again)
    assert of(second, "It must").speaker == other


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(TAX.replace("“It must,”", "“It must not,”"), "It must not", id="other-words"),
        pytest.param(
            TAX.replace("said the café", "and Bo Lind said the café"), "It must",
            id="a-pronoun-after-another-sentence",
        ),
    ],
)  # fmt: skip
def test_where_it_is_not_sure_nothing_is_decided(first, text, words):
    decisions.correct_speaker(
        of(first, "It must"), reviewing.called("Ana Rowe"), reviewing.reviewer()
    )
    row = stored(
        text,
        Document(text=text, quotations=(quotation(text, f"“{words},”", speaker=ROE),)),
    ).quotations.get()
    assert (row.review, row.speaker) == ("", reviewing.called("Ana Roe"))
    assert row.predecessor == of(first, "It must")
    assert row.predecessor.review == Review.CORRECTED


def test_a_name_says_who_it_is_wherever_it_stands(first):
    """The mention has the speaker's last name: the rest of the paragraph may be another."""
    decisions.confirm(of(first, "there were no trains"), reviewing.reviewer())
    text = TAX.replace("Roe said it was sad.", "Nobody else would speak.")
    assert of(changed(text), "no trains").review == Review.CONFIRMED


def test_what_is_found_later_takes_the_decision_over_too(first):
    decisions.confirm(of(first, "doubts"), reviewing.reviewer())
    second = changed(CORRECTED, words=("nobody knew",))
    store.record_again(second, document(CORRECTED), store.open_run(provenance("2")))
    assert of(second, "doubts").review == Review.CONFIRMED


def test_it_can_be_undone_and_is_not_taken_over_again(first):
    user = reviewing.reviewer()
    other = reviewing.called("Ana Rowe")
    decisions.correct_speaker(of(first, "It must"), other, user)
    second = changed(CORRECTED)
    carried = Decision.objects.get(quotation=of(second, "It must"))
    before = of(second, "It must")
    said = sorted(each["role"] for each in before.machine_reading.spans)
    decisions.undo(carried, user)
    row = of(second, "It must")
    assert (row.review, row.speaker.name) == ("", "Ana Roe")
    assert row.updated_at > before.updated_at
    assert sorted(row.spans.values_list("role", flat=True)) == said
    store.record_again(second, document(CORRECTED), store.open_run(provenance("2")))
    assert of(second, "It must").review == ""
    assert of(first, "It must").review == Review.CORRECTED


def test_an_undone_decision_is_not_taken_over(first):
    user = reviewing.reviewer()
    decisions.undo(decisions.confirm(of(first, "doubts"), user), user)
    assert of(changed(CORRECTED), "doubts").review == ""


def test_it_goes_on_over_several_versions(first):
    user = reviewing.reviewer()
    decisions.correct_speaker(of(first, "nobody knew"), Unnamed("a spokesman"), user)
    changed(CORRECTED)
    third = changed(CORRECTED + "Twice.\n")
    row = of(third, "nobody knew")
    assert (row.speaker_name, row.review) == ("a spokesman", Review.CORRECTED)
    assert Decision.objects.filter(kind=Decision.Kind.CARRIED, by=user).count() == 2


def test_it_stands_when_the_one_it_was_taken_from_is_undone(first):
    user = reviewing.reviewer()
    made = decisions.correct_speaker(of(first, "nobody knew"), Unnamed("a spokesman"), user)
    second = changed(CORRECTED)
    decisions.undo(made, user)
    assert of(first, "nobody knew").speaker_name != "a spokesman"
    assert of(second, "nobody knew").speaker_name == "a spokesman"
    decisions.undo(Decision.objects.get(quotation=of(second, "nobody knew")), user)
    assert of(second, "nobody knew").speaker_name != "a spokesman"


def test_a_speaker_who_was_made_is_undone_after_what_names_it(first):
    user = reviewing.reviewer()
    who = NewSpeaker("Cy Bell", SpeakerKind.PERSON)
    made = decisions.correct_speaker(of(first, "nobody knew"), who, user)
    second = changed(CORRECTED)
    with pytest.raises(decisions.Refused, match="undo that first"):
        decisions.undo(made, user)
    decisions.undo(Decision.objects.get(quotation=of(second, "nobody knew")), user)
    decisions.undo(made, user)
    assert of(first, "nobody knew").speaker is None
    assert of(second, "nobody knew").speaker is None


def test_a_merged_speaker_is_followed(first):
    user = reviewing.reviewer()
    one, other = reviewing.called("Ana Rowe"), reviewing.called("US Central Command")
    decisions.correct_speaker(of(first, "nobody knew"), one, user)
    decisions.merge(one, other, user)
    assert of(changed(CORRECTED), "nobody knew").speaker == other


def test_links_stay_as_people_settled_them(first):
    """Taking over is about the quotation; who a name is in the article, the link says."""
    before = set(SpeakerLink.objects.values_list("pk", "speaker", "decided"))
    decisions.confirm(of(first, "doubts"), reviewing.reviewer())
    changed(CORRECTED)
    assert set(SpeakerLink.objects.values_list("pk", "speaker", "decided")) == before


# --- which version is the current one


@pytest.mark.usefixtures("first")
def test_speakers_of_a_former_version_are_counted_without_it():
    changed(TAX.replace("US Central Command said there were no trains.", ""))
    assert Speaker.objects.get(name="US Central Command").quotation_count == 0
    assert Speaker.objects.get(name="Ana Roe").quotation_count == 3


def test_quotations_of_a_former_version_are_stamped(first):
    """Mirrors learn by it that they are not current any more."""
    before = dict(first.quotations.values_list("uid", "updated_at"))
    changed(CORRECTED)
    after = dict(first.quotations.values_list("uid", "updated_at"))
    assert all(after[uid] > before[uid] for uid in before)


def test_the_context_is_part_of_the_words_of_a_pronoun():
    """`span` and `TAX` agree: what the tests above rely on."""
    assert TAX[span(TAX, "“It must,”").start :].startswith("“It must,” she")
