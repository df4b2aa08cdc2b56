"""What is one utterance, what differs, what to be warned of; the bars on labelled pairs."""

from datetime import date
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes import variant_days, variant_words, variants
from quotes.nlp.document import Kind
from quotes.params import VARIANTS
from quotes.variant_blocks import Block, common
from quotes.variants import NONE, Who, Wording, compare, digests, side_by_side, warnings
from tests.quotes.statement_pairs import (
    BLIND2_TXT,
    BLIND3_TXT,
    BLIND4_TXT,
    BLIND_TXT,
    HALVES,
    SURE,
    figures,
    interval,
    possible,
    read,
)

LEAST_PRECISION, LEAST_RECALL, LEAST_PAIRS = 0.97, 0.85, 240
DAY = date(2026, 3, 4)
PAIRS = read()
BLIND, BLIND2 = read(BLIND_TXT), read(BLIND2_TXT)
BLIND3, BLIND4 = read(BLIND3_TXT), read(BLIND4_TXT)
TEXTS = st.text(
    alphabet="“”\"‘’'…[]().,-–%$ \nabcdefghäßİnot2570XYZ", max_size=80
) | st.sampled_from([pair.one.text for pair in PAIRS])


# --- the labelled pairs


def test_the_pairs_are_many_and_hard():
    assert len(PAIRS) >= LEAST_PAIRS
    for half in HALVES:
        labels = [pair.label for pair in PAIRS if pair.half == half]
        assert 0.4 <= labels.count("different") / len(labels) <= 0.6
        assert labels.count("same") >= 50
        assert labels.count("possible") >= 8
    assert {pair.label for pair in PAIRS} == {"same", "possible", "different"}
    assert len({(pair.one, pair.other) for pair in PAIRS}) == len(PAIRS)
    assert [pair.label for pair in BLIND].count("different") * 2 == len(BLIND) == 200
    assert [pair.label for pair in BLIND2].count("different") == 114
    assert [len(BLIND2), len(BLIND3), len(BLIND4)] == [254, 255, 260]
    speakers = {side.speaker for pair in PAIRS for side in (pair.one, pair.other)}
    assert len(speakers) >= 20


@pytest.mark.parametrize("half", [*HALVES, "blind"])
def test_one_utterance_is_told_from_what_looks_like_one(half):
    pairs = [pair for pair in [*PAIRS, *BLIND] if pair.half == half]
    found = figures(pairs)
    assert found.precision >= LEAST_PRECISION
    assert found.recall >= LEAST_RECALL
    right, there, _ = possible(pairs)
    assert right / there >= LEAST_RECALL


@pytest.mark.parametrize("name", ["3", "4", "all"])
def test_one_utterance_is_told_from_what_looks_like_one_in_the_later_blind_sets(name):
    sets = {"3": BLIND3, "4": BLIND4, "all": [*BLIND, *BLIND2, *BLIND3, *BLIND4]}
    found = figures(sets[name])
    assert found.precision >= LEAST_PRECISION
    assert found.recall >= LEAST_RECALL


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair.number))
def test_comparing_is_symmetrical(pair):
    assert compare(pair.one, pair.other) == compare(pair.other, pair.one)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair.number))
def test_who_is_known_to_be_another_says_something_else(pair):
    one, other = pair.one._replace(speaker=1), pair.other._replace(speaker=2)
    assert compare(one, other) == NONE


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair.number))
def test_what_is_reported_indirectly_is_never_sure(pair):
    indirect = pair.one._replace(kind="indirect")
    assert compare(indirect, pair.other).relation in (None, "possible")


def test_an_interval_holds_the_share():
    assert interval(0, 0) == (0.0, 1.0)
    low, high = interval(95, 100)
    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)  # Wilson (1927), by hand


# --- words as they are compared


@pytest.mark.parametrize(
    ("text", "norms"),
    [
        pytest.param("We won’t, can't and don't", "we will not can not and do not", id="short"),
        pytest.param("It's the minister's", "it is the minister", id="is-and-of"),
        pytest.param("twenty-five thousand 2,500 3.50", "25000 2500 3.5", id="numbers"),
        pytest.param("$3m, 3 million and 2.5bn", "3000000 3000000 and 2500000000", id="millions"),
        pytest.param("a 25m section", "a 25 m section", id="metres-are-no-millions"),
        pytest.param("11.45pm, 11:45 p.m.", "11.45 pm 11.45 pm", id="times"),
        pytest.param("11% or 11 per cent", "11 percent or 11 percent", id="per-cent"),
        pytest.param("two, three", "2 3", id="two-numbers"),
        pytest.param("the café of Zoë", "the cafe of zoe", id="accents"),
    ],
)
def test_words_are_drawn_together(text, norms):
    assert variant_words.norms_of(text) == tuple(norms.split())


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("colour organised centre defence programme", "color organized center defense program"),
        ("travelled analysed catalogue grey tyres", "traveled analyzed catalog gray tires"),
        ("labour neighbours theatre licence", "labor neighbors theater license"),
    ],
)
def test_spellings_are_drawn_together(british, american):
    assert variant_words.norms_of(british) == variant_words.norms_of(american)


def test_what_stands_in_marks_is_said():
    text = "the wall “will help preserve” it, “in part”"
    words = variant_words.read(text, "mixed")
    said = [norm for norm, is_said in zip(words.norms, words.said, strict=True) if is_said]
    assert said == ["will", "help", "preserve", "in", "part"]
    assert all(variant_words.read(text, "direct").said)
    assert not any(variant_words.read(text, "indirect").said)


def test_marks_of_left_out_words_are_told_from_an_interrupted_quotation():
    assert variant_words.read("“We came … we left”", "direct").gaps == {2}
    assert variant_words.read("“We came [...] we left”", "direct").gaps == {2}
    interrupted = variant_words.read("“We came,” … “we left”", "direct")
    assert (interrupted.gaps, interrupted.joints) == (frozenset(), {2})


@given(TEXTS, st.sampled_from(list(Kind)))
def test_words_lie_in_the_text_in_order(text, kind):
    words = variant_words.read(text, kind)
    assert len(words.norms) == len(words.said) == len(words.places)
    last = 0
    for start, end in words.places:
        assert 0 <= start < end <= len(text)
        assert start >= last or (start, end) in words.places
        last = start
    marked = words.gaps | words.breaks | words.editorial | words.names | words.numbers
    assert all(0 <= i < len(words.norms) for i in marked)


# --- comparing


def said(text: str, speaker: int | None = 1, day: date | None = DAY, context: str = "") -> Wording:
    return Wording(text, "direct", speaker, day, context)


@pytest.mark.parametrize(
    ("days", "relation"), [(0, "exact"), (3, "exact"), (10, "exact"), (11, None), (400, None)]
)
def test_what_is_said_again_later_is_another_utterance(days, relation):
    text = "“A country that cannot heat its schools has no business building tunnels,”"
    later = date.fromordinal(DAY.toordinal() + days)
    assert compare(said(text), said(text, day=later)).relation == relation


@pytest.mark.parametrize(
    ("days", "context", "relation"),
    [
        pytest.param((0, 1), "", None, id="one-telling-word-less-than-needed"),
        pytest.param((0, 1), "the raid on the newspaper", "part", id="words-around"),
        pytest.param((0, 3), "the raid on the newspaper", "part", id="three-days-on"),
        pytest.param((0, 4), "the raid on the newspaper", None, id="four-days-on"),
        pytest.param((0, None), "the raid on the newspaper", "part", id="day-not-known"),
        pytest.param((None, None), "", None, id="nothing-known"),
    ],
)
def test_few_words_need_days_and_words_around_that_agree(days, context, relation):
    one, other = (None if n is None else date.fromordinal(DAY.toordinal() + n) for n in days)
    text = "“It was a naked attempt to frighten the people who talk to us,”"
    whole = said(text, day=one, context="police searched the newspaper in a raid")
    part = Wording("there was a “naked attempt”", "mixed", 1, other, context)
    assert compare(whole, part).relation == relation


def test_what_one_tells_and_the_other_says_is_around_both():
    whole = said("“If the growers burn every tree by autumn, the blight will die with the leaves,”")
    growers = Wording("growers with blight should “burn every tree”", "mixed", 1, None)
    assert compare(whole, growers).relation == "part"
    farmers = growers._replace(text="farmers should “burn every tree”")
    assert compare(whole, farmers).relation is None


@pytest.mark.parametrize(
    ("days", "relation"), [(0, "exact"), (3, "exact"), (4, "possible"), (None, "possible")]
)
def test_few_words_of_other_days_may_have_been_said_again(days, relation):
    later = None if days is None else date.fromordinal(DAY.toordinal() + days)
    text = "“We are deeply concerned and stand with the families of the valley,”"
    assert compare(said(text), said(text, day=later)).relation == relation


@pytest.mark.parametrize(("place", "relation"), [("Alder", "possible"), ("Corran", None)])
def test_told_of_another_place_on_a_day_that_is_not_known(place, relation):
    flood = Wording(
        "the flood at Alder was the worst in the history of the land", "indirect", 1, DAY
    )
    other = f"the fire at {place} was the worst in the history of the land"
    assert compare(flood, Wording(other, "indirect", 1, None)).relation == relation


def test_a_name_in_place_of_a_name_is_another_utterance():
    frame = "“This is a great day for the people of {}, who have waited long for a station,”"
    malden, harrow = (said(frame.format(name)) for name in ("Malden", "Harrow"))
    assert compare(malden, harrow).relation is None
    assert compare(malden, said(frame.format("Maldon"))).relation == "near"


@pytest.mark.parametrize(("days", "relation"), [(0, "near"), (1, "possible"), (2, None)])
def test_another_number_is_a_misquotation_on_the_day_and_a_template_later(days, relation):
    frame = "“The tunnel will cost every household in this county {} pounds before a train has run”"
    later = date.fromordinal(DAY.toordinal() + days)
    found = compare(said(frame.format(340)), said(frame.format(430), day=later))
    assert found.relation == relation


@pytest.mark.parametrize(
    ("here", "there", "relation"),
    [
        ("", "", "near"),
        ("at the clinic in Szeged", "", "near"),
        ("at the clinic in Szeged", "in Szeged on Monday", "near"),
        ("at the clinic in Szeged", "at the one in Miskolc", "possible"),
    ],
)
def test_another_number_at_another_place_is_possibly_another_utterance(here, there, relation):
    frame = "“The hospital owes its suppliers {} billion and has owed it for years,”"
    found = compare(said(frame.format(4), context=here), said(frame.format(9), context=there))
    assert found.relation == relation


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("the library", "the swimming pool", "possible"),
        ("the library", "the libraries", "near"),
        ("the library", "the [expletive]", "near"),
        ("the library", "the l*****y", "near"),
        ("the library and all its books", "the library", "near"),
    ],
)
def test_a_telling_word_for_another_in_few_is_possibly_another_utterance(one, other, relation):
    frame = "“I cannot promise that {} will stay open, but I will fight for it,”"
    assert compare(said(frame.format(one)), said(frame.format(other))).relation == relation


def test_of_many_words_one_may_be_another():
    frame = (
        "“I cannot promise that {} will stay open through the winter, but I will fight for it in"
        " every meeting of this council until the last vote has been counted,”"
    )
    found = compare(said(frame.format("the library")), said(frame.format("the pool")))
    assert found.relation == "near"


@pytest.mark.parametrize(("days", "relation"), [(0, "near"), (1, "near"), (6, "possible")])
def test_a_negation_more_on_a_later_day_is_possibly_another_utterance(days, relation):
    frame = "“Water from the tap must {}be drunk in the parishes along the lower river,”"
    later = date.fromordinal(DAY.toordinal() + days)
    found = compare(said(frame.format("not ")), said(frame.format(""), day=later))
    assert found.relation == relation


SENTENCE = "“The curfew begins at seven and applies to all but bakers and those who bury the dead,”"
SHORTER = "“They came on motorcycles and started shooting at everybody there,”"
MINISTRY, ARMY = Who("the ministry", is_local=True), Who("the army", is_local=True)
KERR, BILLY, ADA, ROE = (
    Who(name, is_person=True, is_local=is_local)
    for name, is_local in (
        ("Mr Kerr", True),
        ("Billy Kerr", False),
        ("Ada Kerr", True),
        ("Roe", True),
    )
)
TOWN = "after the fire at the oil depot of Port Ames had destroyed forty tanks"
OTHER_TOWN = "after the fire at the oil depot of Sandy Bight had destroyed forty tanks"
FAR = "when soldiers of the second brigade entered Wadi Suf on motorcycles"


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        pytest.param(MINISTRY, MINISTRY, "exact", id="a-body-without-a-name"),
        pytest.param(MINISTRY, ARMY, "exact", id="called-otherwise"),
        pytest.param(MINISTRY, BILLY, "exact", id="who-has-a-name-elsewhere"),
        pytest.param(MINISTRY, None, "exact", id="nobody"),
        pytest.param(None, None, "exact", id="nobody-twice"),
        pytest.param(KERR, BILLY, "exact", id="a-surname-and-its-bearer"),
        pytest.param(ADA, BILLY, None, id="another-first-name"),
        pytest.param(ROE, BILLY, None, id="another-surname"),
        pytest.param(BILLY, BILLY, None, id="both-known"),
    ],
)
def test_a_speaker_of_one_article_only_may_be_that_of_another(one, other, relation):
    wordings = [
        Wording(SENTENCE, "direct", key if who else None, DAY, who=who)
        for key, who in enumerate((one, other), 1)
    ]
    assert compare(*wordings).relation == compare(*wordings[::-1]).relation == relation


@pytest.mark.parametrize(
    ("words", "around", "days", "relation"),
    [
        pytest.param(SENTENCE, ("", ""), 0, "exact", id="long-words-and-nothing-else"),
        pytest.param(SENTENCE, ("", ""), 3, "exact", id="three-days-on"),
        pytest.param(SENTENCE, (TOWN, TOWN), 0, "exact", id="the-same-around"),
        pytest.param(SENTENCE, (TOWN, OTHER_TOWN), 0, "exact", id="the-same-but-a-name"),
        pytest.param(SENTENCE, (TOWN, FAR), 0, None, id="elsewhere"),
        pytest.param(SHORTER, ("", ""), 0, None, id="few-words-and-nothing-else"),
        pytest.param(SHORTER, (TOWN, TOWN), 0, "exact", id="few-words-the-same-around"),
        pytest.param(SHORTER, (TOWN, OTHER_TOWN), 0, None, id="few-words-the-same-but-a-name"),
        pytest.param(SHORTER, (TOWN, TOWN), 4, None, id="few-words-other-days"),
    ],
)
@pytest.mark.parametrize("who", [None, MINISTRY], ids=["nobody", "ministry"])
def test_words_of_nobody_known_are_one_utterance_where_the_scene_is(
    who, words, around, days, relation
):
    day = date.fromordinal(DAY.toordinal() + days)
    keys = (1, 2) if who else (None, None)
    one = Wording(words, "direct", keys[0], DAY, around[0], who=who)
    other = Wording(words, "direct", keys[1], day, "", who=who, title=around[1])
    assert compare(one, other).relation == compare(other, one).relation == relation


@pytest.mark.parametrize(
    ("around", "relation"),
    [
        pytest.param((TOWN, TOWN), "exact", id="the-same-around"),
        pytest.param(("", ""), None, id="nothing-else"),
    ],
)
def test_a_surname_is_its_bearer_where_the_scene_is(around, relation):
    few = "“We do not expect a second wave,”"
    one = Wording(few, "direct", 1, DAY, around[0], who=BILLY)
    assert compare(one, Wording(few, "direct", 2, DAY, around[1], who=KERR)).relation == relation


def test_figures_of_nobody_known_are_no_misquotation():
    frame = "“So far we can confirm {} dead, most of them on the lower floors of the hotel,”"
    one, other = (Wording(frame.format(n), "direct", None, DAY) for n in (12, 31))
    assert compare(one, other).relation in (None, "possible")


# --- when it was said


@pytest.mark.parametrize(
    ("context", "first", "last"),
    [
        pytest.param("the mayor said in June. On Friday she", "2026-06-01", "2026-06-30", id="in"),
        pytest.param("he said in December", "2025-12-01", "2025-12-31", id="of-last-year"),
        pytest.param("last September, he had warned", "2025-09-01", "2025-09-30", id="last-month"),
        pytest.param("last July, he had warned", "2025-07-01", "2025-07-31", id="of-its-own-name"),
        pytest.param("she said in June 2019", "2019-06-01", "2019-06-30", id="month-and-year"),
        pytest.param("In 2019 she told us: …", "2019-01-01", "2019-12-31", id="year"),
        pytest.param("she said last month", "2026-06-01", "2026-06-30", id="the-month-before"),
        pytest.param("she said last week", "2026-07-13", "2026-07-19", id="the-week-before"),
        pytest.param("she said earlier this year", "2026-01-01", "2026-12-31", id="this-year"),
        pytest.param("she said last Tuesday", "2026-07-06", "2026-07-19", id="last-weekday"),
        pytest.param("she said on Sunday night", "2026-07-19", "2026-07-19", id="weekday"),
        pytest.param("she said on 12 May", "2026-05-12", "2026-05-12", id="day"),
        pytest.param("on May 12, 2024, she said", "2024-05-12", "2024-05-12", id="day-and-year"),
        pytest.param("on July 30 she said", "2025-07-30", "2025-07-30", id="not-after-the-paper"),
        pytest.param("Said in May.\n\n … she said in June", "2026-06-01", "2026-06-30", id="own"),
        pytest.param("she may go to the march", None, None, id="no-month"),
        pytest.param("she said of 2019 and in 2020, in June", None, None, id="several"),
        pytest.param("she said on 31 February", None, None, id="no-day"),
        pytest.param("she said on 29 February 2025", None, None, id="no-leap-year"),
        pytest.param("she said", None, None, id="none"),
    ],
)
def test_when_it_was_said_is_read_in_its_sentence(context, first, last):
    found = variant_days.told(context, date(2026, 7, 20))  # a Monday
    assert found == (first and (date.fromisoformat(first), date.fromisoformat(last)))


@given(st.text(alphabet="MayJune 0123456789,last in on…\n"), st.dates())
def test_any_words_may_stand_around(context, day):
    found = variant_days.told(context, day)
    assert found is None or found.first <= found.last


@pytest.mark.parametrize(
    ("context", "relation"),
    [
        pytest.param("she said in March", "exact", id="of-that-month"),
        pytest.param("she said in April", None, id="of-another"),
        pytest.param("she said in an interview", None, id="not-told"),
    ],
)
def test_what_is_quoted_again_with_its_day_is_the_same(context, relation):
    text = "“A country that cannot heat its schools has no business building tunnels,”"
    later = said(text, day=date(2026, 9, 1), context=context)
    assert compare(said(text), later).relation == compare(later, said(text)).relation == relation
    few = "“A country that cannot heat its schools,”"
    assert compare(said(few), later._replace(text=few)).relation == (relation and "possible")


@pytest.mark.parametrize(
    ("days", "told", "relation"),
    [
        pytest.param(1, ("on Tuesday", "on Wednesday"), "possible", id="again-the-day-after"),
        pytest.param(1, ("on Tuesday", "on Tuesday"), "exact", id="in-the-paper-of-the-day-after"),
        pytest.param(1, ("on Tuesday", ""), "exact", id="not-told"),
        pytest.param(0, ("on Tuesday", "on Wednesday"), "exact", id="of-one-day"),
    ],
)
def test_what_was_said_on_another_day_may_have_been_said_again(days, told, relation):
    text = "“A country that cannot heat its schools has no business building tunnels,”"
    later = date.fromordinal(DAY.toordinal() + days)  # from a Wednesday on
    one, other = (f"she told a crowd in Alder {day}" for day in told)
    found = compare(said(text, context=one), said(text, day=later, context=other))
    assert found.relation == relation


def test_many_words_of_which_none_is_telling_are_compared():
    part = "“every year they are right, which is the only thing they are right about,”"
    whole = f"“In the port they say that the fish will be fewer, and {part[1:]}"
    assert compare(said(whole), said(part)).relation == "part"
    assert compare(said("“They are right about it, and they know it,”"), said(part)) == NONE


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        pytest.param(
            "“The silos are still burning. Nobody has come to ask what was in them.”",
            "“Nobody has come to ask what was in them,” … “The silos are still burning.”",
            "near",
            id="sentences",
        ),
        pytest.param(
            "“As long as one of our people is in captivity, we shall not speak of a holiday,”",
            "“We will not speak of a holiday as long as one of our people is in captivity,”",
            "near",
            id="clauses",
        ),
        pytest.param(
            "“Varga shot Petrov on the bridge before the whole town,”",
            "“Petrov shot Varga on the bridge before the whole town,”",
            None,
            id="who-did-it-to-whom",
        ),
    ],
)
def test_what_is_said_in_another_order_is_the_same(one, other, relation):
    assert compare(said(one), said(other)).relation == relation


@given(TEXTS, TEXTS, st.sampled_from(list(Kind)), st.sampled_from(list(Kind)))
def test_comparing_takes_anything(one, other, kind, kind_of_other):
    first, second = Wording(one, kind, 1, DAY), Wording(other, kind_of_other, 1, DAY)
    found = compare(first, second)
    assert found == compare(second, first)
    assert 0.0 <= found.similarity <= 1.0
    assert (found.relation is None) == (found == NONE)


# --- long ones


def test_long_wordings_are_compared_in_bounded_time():
    words = [f"w{n % 700}x{n % 13}" for n in range(30_000)]
    turned = [*words[:20_000], "not", *words[20_000:]]
    started = process_time()
    (found,) = warnings(f"“{' '.join(words)}”", f"“{' '.join(turned)}”")
    assert (found.kind, found.one, found.other) == ("negation", "", "not")
    assert process_time() - started < 5


@given(st.lists(st.sampled_from("abcde"), max_size=30), st.lists(st.sampled_from("abcde"), max_size=30))  # fmt: skip  # noqa: E501
def test_runs_of_long_wordings_are_in_both_and_in_order(one, other):
    most = VARIANTS.model_copy(update={"aligned_pairs": 0, "loose_weight": 0.0})
    blocks = common(one, other, params=most)
    assert blocks == [Block(b, a, n) for a, b, n in common(other, one, params=most)]
    for block in blocks:
        assert one[block.one : block.one + block.size] == other[block.other : block.other + block.size]  # fmt: skip  # noqa: E501
    for low, high in pairwise(blocks):
        assert low.one + low.size <= high.one
        assert low.other + low.size <= high.other
    if one == other and one:
        assert sum(block.size for block in blocks) == len(one)


# --- warnings


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(
            "“We will not raise taxes on working people,”",
            "“We will raise taxes on working people,”",
            [("negation", "not", "")],
            id="negation-dropped",
        ),
        pytest.param(
            "“We do not expect a second wave, and I will stay until the water has gone,”",
            "“We expect a second wave, and I will stay until the water has gone,”",
            [("negation", "do not", "")],
            id="negation-dropped-and-nothing-else",
        ),
        pytest.param(
            "“As long as one of us is in captivity, we shall not speak of a holiday,”",
            "“We will not speak of a holiday as long as one of us is in captivity,”",
            [],
            id="clauses-in-another-order",
        ),
        pytest.param(
            "“As long as one of us is in captivity, we shall not speak of a holiday,”",
            "“We will speak of a holiday as long as one of us is in captivity,”",
            [("negation", "we … shall … not", "We … will")],
            id="negation-dropped-in-another-order",
        ),
        pytest.param(
            "“And I do not think that we will win this election,”",
            "“But I do think that we will win this election,”",
            [("negation", "not", "")],
            id="negation-before-light-words",
        ),
        pytest.param(
            "“And they do not say that the bridge was safe,”",
            "“Now the bridge was safe,”",
            [("negation", "And they do not say that", "Now")],
            id="negation-before-the-common-words",
        ),
        pytest.param(
            "“We can run it from a van in the car park,”",
            "“We can't run it from a van in the car park,”",
            [("negation", "", "can't")],
            id="negation-added",
        ),
        pytest.param(
            "“I do not think that we will win this election,”",
            "he said “we will win this election”",
            [("negation", "I do not think that", "")],
            id="negation-before-the-part",
        ),
        pytest.param(
            "“It cost 25 million to build the bridge over the river”",
            "“It cost 35 million to build the bridge over the river”",
            [("number", "25 million", "35 million")],
            id="number-changed",
        ),
        pytest.param(
            "“I trusted the auditors, who were his friends, and I should have read the notes,”",
            "“I trusted the auditors and I should have read the notes,”",
            [("ellipsis", "who were his friends", "")],
            id="left-out-without-a-mark",
        ),
        pytest.param(
            "“I did what my lawyers … told me to do”",
            "“I did what my lawyers told me to do”",
            [("ellipsis", "lawyers … told", "lawyers told")],
            id="mark-dropped",
        ),
        pytest.param(
            "“We have never seen waves like this,” … “My boat is gone.”",
            "“We have never seen waves like this … My boat is gone.”",
            [],
            id="mark-where-the-other-article-cuts-in",
        ),
        pytest.param(
            "“I trusted the auditors, who were his friends, and I should have read the notes,”",
            "“I trusted the auditors … and I should have read the notes,”",
            [],
            id="left-out-with-a-mark",
        ),
        pytest.param(
            "“We do not have fear of what the winter brings to the coast,”",
            "“We have no fear of what the winter brings to the coast,”",
            [],
            id="negation-in-another-form",
        ),
        pytest.param(
            "“We have no fear of the winter. We have seen worse on the coast,”",
            "“We have fear of the winter. We have not seen worse on the coast,”",
            [("negation", "no", ""), ("negation", "", "not")],
            id="negation-in-another-sentence",
        ),
        pytest.param(
            "“I did not say that the minister lied to the committee,”",
            "“I said that the minister did not lie to the committee,”",
            [
                (
                    "negation",
                    "did not say that the minister lied",
                    "said that the minister did not lie",
                )
            ],
            id="negation-of-another-verb",
        ),
        pytest.param(
            "“Not all of the villages were saved by the dam,”",
            "“All of the villages were not saved by the dam,”",
            [("negation", "Not all of the villages were", "All of the villages were not")],
            id="negation-moved-from-the-beginning",
        ),
        pytest.param(
            "“We do not have fear, and will never leave the villages on the coast,”",
            "“We have no fear, and will leave the villages on the coast,”",
            [("negation", "never", "")],
            id="negation-in-another-form-and-one-dropped",
        ),
        pytest.param("“We won't go back,”", "“We will not go back.”", [], id="short-form"),
        pytest.param("“Two million people left”", "“2m left, 2,000,000”", [], id="other-words"),
        pytest.param("“It cost 3.2 per cent”", "“It cost 3.2%”", [], id="number-written-otherwise"),
        pytest.param(
            "“They told us that the wall would hold,”",
            "“They [the two engineers] told us that the wall would hold,”",
            [],
            id="addition-in-brackets",
        ),
        pytest.param(
            "“We will not let a village go without water. The tankers are ready,”",
            "“We will not let a village go without water,”",
            [],
            id="cut-at-the-end",
        ),
        pytest.param(
            "“It was very, very dark in the valley that night,”",
            "“It was very dark in the valley that night,”",
            [],
            id="an-adverb-less",
        ),
        pytest.param(
            "“Two of the three tugs are damaged,”",
            "“All three tugs are damaged,”",
            [("number", "Two of the", "All")],
            id="all-for-some",
        ),
        pytest.param(
            "“Forty people died in the flood.”",
            "“Fifty people died in the flood.”",
            [("number", "Forty", "Fifty")],
            id="number-at-the-beginning",
        ),
        pytest.param(
            "“The boats that we lack in the city are 40.”",
            "“The boats that we lack in the city are 50.”",
            [("number", "40", "50")],
            id="number-at-the-end",
        ),
        pytest.param(
            "“We lost four ships in the strait and 30 men.”",
            "“We lost four ships in the strait.”",
            [],
            id="number-cut-off",
        ),
        pytest.param(
            "“We lost four ships in the strait. 30 men are missing.”",
            "“We lost four ships in the strait. All will be found.”",
            [],
            id="numbers-of-other-sentences",
        ),
        pytest.param(
            "“They came at night, four of them, and took the hard drives,”",
            "“They came at night … and took the hard drives,”",
            [],
            id="number-left-out-with-a-mark",
        ),
        pytest.param(
            "“I have sent innocent men to prison, because the law left no doubt, and I regret it,”",
            "“I have sent innocent men to prison … and I regret it,”",
            [],
            id="clause-with-a-negation-left-out-with-a-mark",
        ),
        pytest.param(
            "“I do not think that we shall win the seats in the valley,”",
            "“I … think that we shall win the seats in the valley,”",
            [("negation", "do not", "")],
            id="negation-left-out-with-a-mark",
        ),
        pytest.param("", "“words”", [], id="nothing"),
    ],
)
def test_warnings(one, other, expected):
    assert [tuple(found) for found in warnings(one, other)] == expected


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair.number))
def test_warnings_name_words_of_each_side(pair):
    there = warnings(pair.one.text, pair.other.text)
    back = warnings(pair.other.text, pair.one.text)
    assert sorted(there) == sorted(found._replace(one=found.other, other=found.one) for found in back)  # fmt: skip  # noqa: E501
    for found in there:
        assert found.one in pair.one.text
        assert found.other in pair.other.text
        assert found.one or found.other


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("another number", "number"),
        ("a negation dropped", "negation"),
        ("words left out without a mark", "ellipsis"),
    ],
)
def test_pairs_that_were_made_to_mislead_are_warned_of(category, kind):
    pairs = [pair for pair in PAIRS if pair.category == category]
    assert len(pairs) >= 3
    for pair in pairs:
        assert kind in {found.kind for found in warnings(pair.one.text, pair.other.text)}


def test_most_that_is_the_same_has_nothing_to_be_warned_of():
    misleading = {"another number", "a negation dropped", "words left out without a mark"}
    pairs = [pair for pair in PAIRS if pair.label == "same" and pair.category not in misleading]
    warned = [pair for pair in pairs if warnings(pair.one.text, pair.other.text)]
    assert len(warned) / len(pairs) <= 0.1


@given(TEXTS)
def test_nothing_differs_from_itself(text):
    assert warnings(text, text) == ()


# --- side by side, marks


@given(TEXTS, TEXTS)
def test_the_pieces_of_a_side_are_its_words(one, other):
    sides = side_by_side(one, other)
    for text, pieces in zip((one, other), sides, strict=True):
        assert "".join(piece.text for piece in pieces).split() == text.split()


def test_what_the_other_lacks_is_marked():
    old, new = side_by_side("“It will not rise,”", "“It will rise,”")
    assert "".join(piece.text for piece in old if piece.differs).strip() == "not"
    assert not any(piece.differs for piece in new if piece.text.strip())


@given(
    st.lists(st.sampled_from(["tax", "water", "bridge", "the", "of", "not", "rise"]), max_size=30)
)
def test_marks_are_of_runs_and_nothing_else(words):
    found = digests(" ".join(words))
    assert found == sorted(set(found))
    assert bool(found) == bool(words)
    assert all(-(1 << 63) <= mark < 1 << 63 for mark in found)
    assert len(found) <= max(1, len(words) - 2)


@given(
    st.lists(st.integers(0, 999), max_size=12),
    st.lists(st.integers(0, 999), min_size=6, max_size=9),
    st.lists(st.integers(0, 999), max_size=12),
)
def test_a_shared_run_of_six_words_is_found(before, run, after):
    def text(numbers):
        return " ".join(f"word{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}{'uvwxyz'[n // 100 % 6]}" for n in numbers)  # fmt: skip  # noqa: E501

    assert set(digests(text([*before, *run]))) & set(digests(text([*run, *after])))


def test_marks_stay_the_same_numbers():
    # Stored ones hang on them: if this fails, all have to be compared anew.
    assert digests("the remainder of the wall") == digests("The remainder, of the wall!")
    assert digests("no") == [9119419511477602092]


def test_sure_relations_are_what_is_stored():
    assert set(SURE) < set(variants.Relation.__args__)
