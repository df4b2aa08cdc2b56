"""Quotations that report one utterance are found, whatever is stored, changed or decided when."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quotes import (
    decisions,
    methods,
    statement_marks,
    statement_placing,
    statement_renewal,
    statement_wordings,
    statements,
    store,
)
from quotes.models import (
    Article,
    Fingerprint,
    Quotation,
    Report,
    SameStatement,
    Speaker,
    Statement,
    WordingState,
)
from quotes.nlp.document import Document, Kind, SpeakerKind
from quotes.nlp.document import Speaker as Found
from quotes.params import VARIANTS
from quotes.refusals import InputError
from quotes.task_list import drain
from quotes.variants import digests
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAY = date(2026, 3, 4)
WHOLE = "“We will not let a single village go without water. The tankers have been hired.”"
PART = "“We will not let a single village go without water,”"
ALTERED = "“We won't let a single village go without drinking water. The tankers have been hired.”"
NEGATED = "“We will let a single village go without water. The tankers have been hired.”"
INDIRECT = "no single village would go without water and tankers had been hired"
OTHER = "“The bridge at Malden was built for the floods of my grandfather,”"
LONGER = OTHER[:-2] + " and not for those of my daughter. We will not let a single village go"


@pytest.fixture
def run():
    return store.open_run(builders.provenance())


@pytest.fixture
def jo(django_user_model):
    return django_user_model.objects.create_superuser("jo")


def person(name: str) -> Found:
    return Found(name=name, kind=SpeakerKind.PERSON, role="the water minister")


ROE, LIND = person("Ana Roe"), person("Tomas Lind")


def article(run, *said, name=None, day=DAY, outlet="", around="", **fields):
    """Store an article in which these (words, or words and speaker) are quoted; return it."""
    rows = [(one, ROE) if isinstance(one, str) else one for one in said]
    cues = [f"{who.name if who else 'Somebody'} said{around}: " for _, who in rows]
    text = "\n\n".join(cue + words for cue, (words, _) in zip(cues, rows, strict=True))
    name = name or f"{Article.objects.count()}"
    text += f"\n\nThis is article {name}."
    found = [
        builders.quotation(
            text,
            words,
            kind=Kind.DIRECT if words.startswith("“") else Kind.INDIRECT,
            speaker=who,
        )
        for words, who in rows
    ]
    source = builders.source(
        text,
        url=f"https://example.org/{name}",
        published_on=day.isoformat() if day else None,
        outlet=outlet,
        **fields,
    )
    return store.record(source, Document(text=text, quotations=tuple(found)), run).version


def of(version, number: int = 0) -> Quotation:
    return version.quotations.get(position=number)


def statement_of(version, number: int = 0) -> Statement | None:
    return statements.statement_of(of(version, number))


def partition() -> set[frozenset[tuple[str, str, str]]]:
    """Return what is in each statement: article, words, relation."""
    columns = ("statement", "quotation__version__origin", "quotation__content", "relation")
    groups: dict[int, set[tuple[str, str, str]]] = {}
    rows = Report.objects.values_list(*columns, "quotation__version__article__url")
    for statement, _, words, relation, url in rows:
        groups.setdefault(statement, set()).add((url, words, relation))
    return {frozenset(group) for group in groups.values()}


def counts_are_right() -> bool:
    """Say whether counting anew changes nothing, and every statement has what it says."""
    before = list(Statement.objects.order_by("pk").values())
    statements.refresh(Statement.objects.values_list("pk", flat=True))
    return before == list(Statement.objects.order_by("pk").values())


# --- who holds in one article only

MINISTRY = Found(name="the water ministry", kind=SpeakerKind.GROUP)
LINDQVIST = Found(name="Lindqvist", kind=SpeakerKind.PERSON)
PETRA = Found(name="Petra Lindqvist", kind=SpeakerKind.PERSON)
SOMEBODY = Found(name="a resident", kind=SpeakerKind.ANONYMOUS)


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        pytest.param(MINISTRY, MINISTRY, True, id="a-body-without-a-name"),
        pytest.param(SOMEBODY, MINISTRY, True, id="nobody-known"),
        pytest.param(PETRA, LINDQVIST, True, id="a-surname"),
        pytest.param(ROE, LINDQVIST, False, id="another-surname"),
        pytest.param(ROE, LIND, False, id="two-known"),
    ],
)
@pytest.mark.parametrize("is_turned", [False, True], ids=["", "turned"])
def test_speakers_of_one_article_only_report_one_utterance(run, first, second, is_one, is_turned):
    both = [
        article(run, (WHOLE, who), around=" in Alder")
        for who in (first, second)[:: -1 if is_turned else 1]
    ]
    found = [statement_of(version) for version in both]
    assert (found[0] is not None and found[0] == found[1]) is is_one
    if is_one:
        assert found[0].reports.filter(relation="exact").count() == 1
        known = [q.speaker for q in map(of, both) if q.speaker_name == PETRA.name]
        assert not known or found[0].speaker == known[0]


def test_words_of_nobody_known_stay_apart_where_the_places_are_others(run):
    one = article(run, (WHOLE, MINISTRY), around=" after the flood at Alder in Vasland")
    other = article(run, (WHOLE, MINISTRY), around=" when the drought came to Corran, Meria")
    assert statement_of(one) is statement_of(other) is None


@pytest.mark.parametrize(
    ("around", "is_one"),
    [
        pytest.param(" in March, on the last day of the long march of the farmers", True, id="day"),
        pytest.param(" in April, on the last day of the long march of the farmers", False, id="no"),
        pytest.param(" on the last day of the long march of the farmers", False, id="none"),
    ],
)
def test_what_is_quoted_months_later_with_its_day_is_no_other_statement(run, around, is_one):
    long = WHOLE[:-1] + " No child will carry a bucket.”"
    article(run, long)
    later = article(run, long, day=date(2026, 9, 1), around=around)
    assert (statement_of(later) is not None) is is_one


def test_what_is_quoted_again_and_again_costs_no_more_queries(run):
    long = WHOLE[:-1] + " No child will carry a bucket.”"
    asked = []
    for n in range(24):
        with CaptureQueriesContext(connection) as queries:
            article(run, long, day=DAY + timedelta(days=20 * n), around=" and quoted it again")
        asked.append(len(queries))
    assert asked[23] == asked[11]


# --- the articles of the project


def test_the_two_articles_report_one_statement(extractor: object):  # noqa: ARG001  loads models
    call_command("ingest", "--quiet", "fixtures/articles")
    whole = Quotation.objects.get(content__contains="remainder of the overall")
    part = Quotation.objects.get(content__contains="help preserve” the remaining")
    statement = statements.statement_of(whole)
    assert statement == statements.statement_of(part)
    assert part.report.relation == Report.Relation.PART
    assert (statement.reports_count, statement.possible_count) == (2, 0)
    assert (statement.articles_count, statement.sources_count) == (2, 2)
    assert statement.representative == whole
    assert not statement.has_warnings


# --- joining


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        pytest.param(WHOLE, "exact", id="exact"),
        pytest.param(ALTERED, "near", id="near"),
        pytest.param(PART, "part", id="part"),
        pytest.param(INDIRECT, "possible", id="indirect"),
        pytest.param(OTHER, None, id="other"),
    ],
)
def test_a_second_report_is_put_with_the_first(run, words, relation):
    first, second = article(run, WHOLE), article(run, words)
    if relation is None:
        assert not Report.objects.exists()
        return
    statement = statement_of(first)
    assert statement == statement_of(second)
    assert statement.articles_count == (1 if relation == "possible" else 2)
    assert Statement.objects.shown().get() == statement
    assert statement.is_of_several
    found = dict(statement.reports.values_list("quotation", "relation"))
    assert sorted(found.values()) == sorted(["first", relation])
    assert statement.possible_count == (relation == "possible")
    assert counts_are_right()


def test_what_is_counted_of_a_statement(run):
    article(run, WHOLE, day=date(2026, 3, 5), outlet="Post")
    article(run, PART, day=DAY, outlet="Wire")
    article(run, NEGATED, day=date(2026, 3, 6), outlet="Wire")
    third = article(run, INDIRECT, day=DAY)
    statement = Statement.objects.shown().get()
    assert (statement.reports_count, statement.possible_count) == (4, 1)
    # As on its page: what only may report it is counted apart.
    assert (statement.articles_count, statement.outlets_count) == (3, 2)
    assert statement.without_outlet_count == 0
    assert (statement.first_on, statement.last_on) == (DAY, date(2026, 3, 6))
    assert statement.has_warnings
    assert statement.speaker == Speaker.objects.get(name="Ana Roe")
    assert statement.representative.content == WHOLE
    assert of(third).report.has_warning is False
    assert Report.objects.get(quotation__content=NEGATED).has_warning


def test_an_outlet_that_a_former_version_tells_counts_from_then_on(run):
    later = datetime(2026, 3, 5, tzinfo=UTC)
    for name, outlet in (("a", ""), ("b", "Post")):
        article(run, WHOLE, name=name, outlet=outlet, method=methods.WEB,
                retrieved_at=later)  # fmt: skip
    statement = Statement.objects.get()
    assert (statement.outlets_count, statement.without_outlet_count) == (1, 1)
    article(run, OTHER, name="a", outlet="Wire", method=methods.WEB,
            retrieved_at=later - timedelta(days=1))  # fmt: skip
    statement.refresh_from_db()
    assert (statement.outlets_count, statement.without_outlet_count) == (2, 0)


def test_copies_of_one_text_are_one_source(run):
    story = " ".join(f"word{n} of a long story about water and tankers" for n in range(30))
    rows = [WHOLE, (f"“{story}”", LIND)]
    for name in ("a", "b"):
        article(run, *rows, name=name)
    article(run, PART)
    statement = statement_of(Quotation.objects.get(content=PART).version)
    assert (statement.articles_count, statement.sources_count) == (3, 2)


def test_another_speaker_has_another_statement(run):
    article(run, WHOLE)
    article(run, (WHOLE, LIND))
    assert not Report.objects.exists()


def test_nobody_known_is_not_put_between_two_who_are(run):
    article(run, WHOLE)
    article(run, (WHOLE, LIND))
    unknown = article(run, (WHOLE, None))
    assert statement_of(unknown) is None
    assert not Report.objects.exclude(relation="possible").exists()


def test_nobody_known_is_put_with_the_only_one_who_is(run):
    known, unknown = article(run, WHOLE), article(run, (WHOLE, None))
    assert statement_of(unknown) == statement_of(known)
    assert Statement.objects.get().speaker is not None


def test_a_short_part_of_two_statements_is_not_sure_of_either(run):
    one = "“There was a naked attempt to frighten all who talk to reporters in the capital,”"
    two = "“What they call reform is a naked attempt to close every school in the valley,”"
    article(run, one, one.replace("There", "It"), two)
    article(run, one)
    article(run, two)
    part = article(run, "“a naked attempt”")
    report = Report.objects.filter(quotation=of(part)).first()
    assert report is None or report.relation == "possible"


def test_a_longer_one_makes_one_of_two_statements(run):
    first = article(run, PART)
    article(run, PART)
    tail = "“The tankers have been hired and the drivers are on their way to the coast,”"
    second = article(run, tail)
    article(run, tail)
    one, two = statement_of(first), statement_of(second)
    assert one != two
    whole = article(run, PART[:-2] + ". " + tail[1:])
    one.refresh_from_db()
    two.refresh_from_db()
    assert statement_of(first) == statement_of(second) == statement_of(whole) == one
    assert two.merged_into == one
    assert (one.reports_count, two.reports_count) == (5, 0)
    assert Statement.objects.shown().get() == one
    assert counts_are_right()


def test_what_is_repeated_in_one_article_is_one_report_of_two(run):
    version = article(run, WHOLE, PART, INDIRECT)
    statement = statement_of(version)
    assert statement.articles_count == 1
    assert statement_of(version, 1) == statement
    assert statement_of(version, 2) is None
    assert not Statement.objects.shown().exists()


# --- order


def stories():
    naked = "“There was a naked attempt to frighten all who talk to reporters in the capital,”"
    return [
        ([WHOLE], DAY, "a"),
        ([PART, OTHER], date(2026, 3, 5), "b"),
        ([ALTERED], date(2026, 3, 6), "c"),
        ([INDIRECT], DAY, "d"),
        ([(WHOLE, None), naked], DAY, "e"),
        ([LONGER + ".”"], DAY, "f"),
        ([(WHOLE, LIND), "“a naked attempt”"], DAY, "g"),
        ([naked, OTHER], date(2026, 3, 7), "h"),
        ([WHOLE], date(2026, 5, 4), "i"),
        ([PART, "“go without water,”"], None, "j"),
        ([naked[:-8] + "street,”"], None, "k"),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_storing_does_not_count(run, seed):
    parts = []
    for draw in (None, random.Random(seed)):  # noqa: S311  no secret
        order = stories()
        if draw:
            draw.shuffle(order)
        with transaction.atomic():
            for said, day, name in order:
                article(run, *said, day=day, name=name)
            parts.append(partition())
            assert counts_are_right()
            transaction.set_rollback(True)
    assert parts[0] == parts[1]
    assert len(parts[0]) >= 3


def test_comparing_all_at_once_gives_the_same(run):
    for said, day, name in stories():
        article(run, *said, day=day, name=name)
    before = partition()
    addresses = set(Statement.objects.shown().values_list("uid", flat=True))
    call_command("statements", "--anew", verbosity=0)
    assert partition() == before
    assert addresses & set(Statement.objects.shown().values_list("uid", flat=True))
    assert counts_are_right()


def test_the_command_goes_on_where_it_stopped(run, capsys):
    for said, day, name in stories():
        article(run, *said, day=day, name=name)
    before = partition()
    call_command("statements")
    assert "0 quotations compared" in capsys.readouterr().out
    some = WordingState.objects.order_by("pk")[:4]
    Quotation.objects.filter(wording_state__in=some.values("pk")).update(prefix="otherwise")
    call_command("statements")
    assert "4 quotations compared" in capsys.readouterr().out
    assert partition() == before


def test_stored_warnings_are_judged_again_when_the_rule_is_another(run, monkeypatch):
    whole, turned, part = article(run, WHOLE), article(run, NEGATED), article(run, PART)
    statement = statement_of(whole)
    told = {"has_warning": [of(turned).pk], "has_warnings": True}
    monkeypatch.setattr(statement_renewal, "_AT_ONCE", 1)
    assert statement_renewal.renew_warnings() == 0, "stored by this rule"
    drain("statements")
    assert not statement_renewal.is_due()
    for wrong in (True, False):
        Report.objects.filter(quotation__in=(of(turned), of(part))).update(has_warning=wrong)
        Statement.objects.filter(pk=statement.pk).update(has_warnings=wrong)
        monkeypatch.setattr(statement_renewal, "RULE", f"another, {wrong}")
        assert statement_renewal.is_due()
        drain("statements")
        assert not statement_renewal.is_due()
        warned = Report.objects.filter(has_warning=True).values_list("quotation", flat=True)
        statement.refresh_from_db()
        now = {"has_warning": list(warned), "has_warnings": statement.has_warnings}
        assert now == told


# --- days that are not known

PRESERVED = "“Two narrow gaps will help preserve what is left of the old rampart,”"
PRESERVE = "“will help preserve”"
OF_GAPS = " of the sections near the citadel"


def relations() -> list[str]:
    return sorted(Report.objects.values_list("relation", flat=True))


@pytest.mark.parametrize("days", [(DAY, None), (None, DAY), (None, None)], ids=str)
@pytest.mark.parametrize("words", [(PRESERVED, PRESERVE), (PRESERVE, PRESERVED)])
def test_a_short_report_is_found_where_a_day_is_not_known(run, words, days):
    assert not set(digests(PRESERVED)) & set(digests(PRESERVE)), "by no run of words"
    for said, day in zip(words, days, strict=True):
        article(run, said, day=day, around=OF_GAPS)
    assert relations() == ["first", "part"]


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("", id="the speaker's name and role"),
        pytest.param(" to reporters in an interview on Tuesday", id="what stands around anything"),
    ],
)
def test_what_is_said_on_many_days_is_not_one_utterance(run, around):
    minister = Found(name="Ana Roe", kind=SpeakerKind.PERSON, role="the water minister")
    for day in (DAY, None):
        article(run, ("“deeply concerned”", minister), day=day, around=around)
        article(run, "“We are deeply concerned,”", day=day, around=f", the water minister{around}")
    assert not Report.objects.filter(quotation__version__published_on=None).exclude(
        matched__version__published_on=None
    )


def test_a_speaker_of_much_is_looked_through_no_further_than_is_bounded(run):
    said = (PRESERVED, OTHER, WHOLE, NEGATED, "“The sea came in at night,”")
    keys = [of(article(run, words)).pk for words in said]
    wording = statement_wordings.load(keys)[keys[0]].wording._replace(text=PRESERVE, day=None)
    for read, compared, found in ((1_000, 60, {keys[0]}), (4, 60, {keys[0]}), (1, 60, set())):
        params = VARIANTS.model_copy(
            update={"speaker_quotations": read, "mark_quotations": compared}
        )
        assert statement_marks.sharing({0: wording}, params=params) == {0: found}
    params = VARIANTS.model_copy(update={"mark_quotations": 1})
    other = wording._replace(text=OTHER)
    assert statement_marks.of_speakers({0: other}, params=params) == {0: {keys[1]}}


def test_stored_quotations_get_the_marks_of_a_newer_rule(run, monkeypatch):
    found = [
        article(run, words, day=day, around=OF_GAPS)
        for words, day in (
            (PRESERVED, DAY),
            (OTHER, date(2026, 5, 4)),
            (PRESERVE, None),
        )
    ]
    before = partition()
    marks = [set(of(one).fingerprints.values_list("digest", flat=True)) for one in found]
    # As a database has it that was filled before there were marks of speakers on some day.
    Fingerprint.objects.filter(digest__in=marks[0] & marks[1]).delete()
    Report.objects.all().delete()
    monkeypatch.setattr(statement_renewal, "_AT_ONCE", 2)
    assert statement_renewal.is_due()
    drain("statements")
    assert not statement_renewal.is_due()
    assert partition() == before != set()
    again = [set(of(one).fingerprints.values_list("digest", flat=True)) for one in found]
    assert again == marks
    assert Fingerprint.objects.count() == sum(map(len, marks))
    assert counts_are_right()


# --- nothing is done twice


def test_again_changes_nothing_and_asks_little(run):
    version = article(run, WHOLE)
    article(run, PART)
    rows = list(Report.objects.values()), list(Statement.objects.values())
    with CaptureQueriesContext(connection) as asked:
        statements.place(version)
    # The article's quotations, how they were compared, how they are; all but the first framed.
    assert len(asked) == 3 + 2
    assert rows == (list(Report.objects.values()), list(Statement.objects.values()))


@pytest.mark.parametrize("stored", [1, 10])
def test_queries_do_not_grow_with_what_is_stored(run, stored):
    for number in range(stored):
        article(run, WHOLE, OTHER, name=f"stored-{number}")
    version = article(run, PART, OTHER, name="new")
    keys = list(version.quotations.values_list("pk", flat=True))
    Report.objects.filter(quotation__in=keys).delete()
    WordingState.objects.filter(quotation__in=keys).delete()
    Fingerprint.objects.filter(quotation__in=keys).delete()
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        statements.place_quotations(keys)
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT pg_advisory")
    assert sum(not query["sql"].startswith(frame) for query in asked.captured_queries) <= 32


# --- what changes


def test_what_people_reject_leaves_and_comes_back(run, jo):
    first, second = article(run, WHOLE), article(run, PART)
    address = statement_of(first).uid
    decision = decisions.reject(of(second), jo)
    assert not Report.objects.exists()
    statement = Statement.objects.get()
    assert (statement.reports_count, statement.articles_count) == (0, 0)
    assert not Fingerprint.objects.filter(quotation=of(second)).exists()
    decisions.undo(decision, jo)
    assert statement_of(second).uid == address
    assert counts_are_right()


def test_a_leader_that_is_rejected_leaves_the_others_together(run, jo):
    first, second, third = article(run, WHOLE), article(run, PART), article(run, PART)
    statement = statement_of(first)
    decisions.reject(of(first), jo)
    assert statement_of(first) is None
    assert statement_of(second) == statement_of(third) == statement
    statement.refresh_from_db()
    assert statement.reports_count == 2
    assert statement.representative in (of(second), of(third))


def test_another_speaker_by_people_takes_it_out(run, jo):
    article(run, (OTHER, LIND))
    first, second = article(run, WHOLE), article(run, PART)
    lind = Speaker.objects.get(name="Tomas Lind")
    decision = decisions.correct_speaker(of(second), lind, jo)
    assert statement_of(first) is None
    decisions.undo(decision, jo)
    assert statement_of(first) == statement_of(second) is not None


def test_merged_speakers_have_one_statement_and_split_ones_two(run, jo):
    first, second = article(run, WHOLE), article(run, (WHOLE, LIND))
    roe, lind = Speaker.objects.get(name="Ana Roe"), Speaker.objects.get(name="Tomas Lind")
    decision = decisions.merge(lind, roe, jo)
    assert statement_of(first) == statement_of(second) is not None
    decisions.undo(decision, jo)
    assert statement_of(first) is None
    assert statement_of(second) is None


def test_other_words_by_people_are_compared_again(run, jo):
    first, second = article(run, WHOLE), article(run, OTHER + " " + PART.replace("“", "„"))
    assert statement_of(first) is None
    start = second.text.content.index("„We will")
    decisions.correct_words(of(second), [(start, start + len(PART))], jo)
    assert statement_of(first) == statement_of(second) is not None


def test_a_former_version_is_no_further_report(run):
    first = article(run, WHOLE, name="a")
    article(run, PART, name="b")
    statement = statement_of(first)
    second = article(run, WHOLE, OTHER, name="a")
    assert statement_of(first) is None
    assert statement_of(second) == statement
    statement.refresh_from_db()
    assert (statement.reports_count, statement.articles_count) == (2, 2)
    assert counts_are_right()


def test_a_deleted_article_takes_its_reports_along(run):
    first, second, third = article(run, WHOLE), article(run, PART), article(run, PART)
    statement = statement_of(first)
    Quotation.objects.filter(version=first).delete()
    assert statement_of(second) == statement_of(third) == statement
    statement.refresh_from_db()
    assert statement.reports_count == 2
    Quotation.objects.filter(version=second).delete()
    statement.refresh_from_db()
    assert statement.reports_count == 0
    assert not Report.objects.exists()


def test_reviewed_words_stand_for_a_statement(run, jo):
    article(run, WHOLE)
    part = article(run, PART)
    statement = statement_of(part)
    decisions.confirm(of(part), jo)
    statement.refresh_from_db()
    assert statement.representative == of(part)


# --- what people decide of statements


def test_people_put_two_together_and_apart(run, jo):
    first, second = article(run, WHOLE), article(run, OTHER)
    decision = statements.decide(of(first), of(second), is_same=True, by=jo, comment="one speech")
    assert statement_of(first) == statement_of(second) is not None
    assert set(Report.objects.values_list("relation", flat=True)) == {"first", "people"}
    third = article(run, OTHER)
    assert statement_of(third) == statement_of(first)
    statements.undo(decision, by=jo)
    assert statement_of(first) is None
    assert statement_of(second) == statement_of(third) is not None
    decision.refresh_from_db()
    assert decision.undone_by == jo


def test_people_tell_two_apart_and_later_runs_heed_it(run, jo):
    first, second, third = article(run, WHOLE), article(run, PART), article(run, ALTERED)
    statements.decide(of(first), of(second), is_same=False, by=jo)
    assert statement_of(second) is None
    assert statement_of(first) == statement_of(third)
    call_command("statements", "--anew", verbosity=0)
    assert statement_of(second) is None
    assert statement_of(first) == statement_of(third) is not None


def test_the_last_word_on_a_pair_counts_and_the_history_stays(run, jo):
    first, second = article(run, WHOLE), article(run, PART)
    statements.decide(of(first), of(second), is_same=False, by=jo)
    statements.decide(of(second), of(first), is_same=True, by=jo)
    again = statements.decide(of(first), of(second), is_same=True, by=jo)
    assert SameStatement.objects.count() == 2
    assert SameStatement.objects.get(undone_at=None) == again
    assert statement_of(first) == statement_of(second) is not None


def test_people_may_put_two_speakers_together(run, jo):
    first, second = article(run, WHOLE), article(run, (WHOLE, LIND))
    statements.decide(of(first), of(second), is_same=True, by=jo)
    assert statement_of(first) == statement_of(second) is not None


def test_what_cannot_be_decided_is_refused(run, jo):
    first, second = article(run, WHOLE), article(run, PART)
    with pytest.raises(InputError, match="itself"):
        statements.decide(of(first), of(first), is_same=True, by=jo)
    with pytest.raises(InputError, match="characters"):
        statements.decide(of(first), of(second), is_same=True, by=jo, comment="x" * 1001)
    decisions.reject(of(second), jo)
    with pytest.raises(InputError, match="not shown"):
        statements.decide(of(first), of(second), is_same=True, by=jo)


# --- candidates, and what is left for later


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(WHOLE, [WHOLE], id="verbatim"),
        pytest.param(
            "We will not let a single village go without rain", [WHOLE], id="a-word-changed"
        ),
        pytest.param("go without water, the tankers said", [WHOLE], id="a-few-words"),
        pytest.param("nothing of the kind was said", [], id="nothing"),
        pytest.param("", [], id="no-words"),
    ],
)
def test_candidates(run, text, found):
    article(run, WHOLE)
    article(run, OTHER)
    keys = statements.candidates(text, limit=5)
    rows = dict(Quotation.objects.values_list("pk", "content"))
    assert [rows[key] for key in keys] == found


def test_candidates_of_a_speaker_near_a_day(run):
    version = article(run, WHOLE)
    article(run, (WHOLE, LIND))
    roe = Speaker.objects.get(name="Ana Roe")
    text = "hired tankers for one village"
    assert statements.candidates(text, limit=5) == []
    near = statements.candidates(text, speaker=roe.pk, day=DAY, limit=5)
    assert near == [of(version).pk]


def test_the_likeliest_candidate_is_first(run):
    article(run, PART)
    whole = article(run, WHOLE)
    assert statements.candidates(WHOLE, limit=2)[0] == of(whole).pk
    assert len(statements.candidates(WHOLE, limit=1)) == 1


def test_too_many_at_once_are_left_to_the_task(run, monkeypatch):
    asked = []
    monkeypatch.setattr("quotes.tasks.later", lambda name, *_: asked.append(name))
    few = VARIANTS.model_copy(update={"placed_at_once": 1})
    monkeypatch.setattr(statements, "VARIANTS", few)
    article(run, WHOLE, OTHER, name="a")
    article(run, PART, name="b")
    assert asked == ["statements"]
    assert statements.is_waiting()
    assert not Report.objects.exists()
    monkeypatch.setattr(statements, "VARIANTS", VARIANTS)
    assert statements.place_waiting() == 2
    assert not statements.is_waiting()
    assert Report.objects.count() == 2


def test_a_cascade_that_is_too_long_is_left_to_the_task(run, monkeypatch):
    monkeypatch.setattr("quotes.tasks.later", lambda *_: None)
    for number in range(6):
        article(run, PART, name=f"{number}")
    expected = 7
    little = VARIANTS.model_copy(update={"reconsidered": 2})
    init = statement_placing.Placing.__init__
    monkeypatch.setattr(
        statement_placing.Placing, "__init__", lambda self, known: init(self, known, little)
    )
    article(run, WHOLE, name="whole")
    assert statements.is_waiting()
    monkeypatch.undo()
    while statements.is_waiting():
        statements.place_waiting()
    assert Statement.objects.shown().get().reports_count == expected
    assert counts_are_right()


def test_only_what_is_shown_is_compared(run):
    version = article(run, WHOLE)
    Quotation.objects.filter(version=version).update(act="attitude")
    assert not statement_wordings.load([of(version).pk])
    statements.place(version)
    assert not WordingState.objects.exists()
    assert not Fingerprint.objects.exists()
