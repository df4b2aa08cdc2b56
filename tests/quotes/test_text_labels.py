"""What a plain text says of itself at its beginning is taken, and nothing else; no text changes."""

import json
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes import text_labels
from quotes.ingest import read_stream

DAY = date(2017, 7, 5)


@pytest.mark.parametrize(
    ("text", "day", "goes_on"),
    [
        pytest.param(" date 2017-07-05 SUVA: It rains.", DAY, "SUVA: It", id="label"),
        pytest.param("Date: 2017-07-05\n\nIt rains.", DAY, "It rains", id="line"),
        pytest.param("Published: 2017-07-05 – It rains.", DAY, "It rains", id="published"),
        pytest.param("Published: 5 July 2017\nIt rains.", DAY, "It rains", id="in-words"),
        pytest.param("PUBLISHED Wednesday, July 5th, 2017\r\nIt", DAY, "It", id="weekday"),
        pytest.param("Posted on 5 Jul 2017, 08:30 GMT\n\nIt rains.", DAY, "It rains", id="time"),
        pytest.param("Updated 6 July 2017\nPosted: 5 July 2017\nIt", DAY, "It", id="not-updated"),
        pytest.param("Updated 5 Sept 2017\nIt rains.", date(2017, 9, 5), "It rains", id="updated"),
        pytest.param("By Ana Roe\n5 July 2017\nIt", None, "5 July", id="no-label-of-a-day"),
        pytest.param("2017-07-05 was a day of rain.", None, "2017", id="no-label"),
        pytest.param("date 2017-13-45 It rains.", None, "date 2017", id="no-day"),
        pytest.param("date: 31 February 2017\nIt rains.", None, "date: 31", id="no-such-day"),
        pytest.param("Date: 05/07/2017\nIt rains.", None, "Date: 05", id="which-is-the-month"),
        pytest.param("date 0017-07-05 It rains.", None, "date 0017", id="no-newspaper's-year"),
        pytest.param("It rains. date 2017-07-05", None, "It rains", id="further-on"),
        pytest.param("dates 2017-07-05 of rain", None, "dates", id="another-word"),
        pytest.param("Published 5 July 2017, the report says", None, "Published 5", id="prose"),
        pytest.param("Date: 2017-07-05\n", None, "Date", id="nothing-behind"),
        pytest.param("", None, "", id="empty"),
    ],
)
def test_the_day_that_a_text_is_labelled_with(text, day, goes_on):
    labels = text_labels.read(text)
    assert (labels.published_on, text[labels.end :].startswith(goes_on)) == (day, True)


@pytest.mark.parametrize(
    ("head", "byline", "title"),
    [
        pytest.param("By Ana Roe and Tomas Lind", "By Ana Roe and Tomas Lind", "", id="by"),
        pytest.param("BY ANA ROE IN SUVA", "BY ANA ROE IN SUVA", "", id="capitals"),
        pytest.param("Author: the night desk", "the night desk", "", id="author"),
        pytest.param("Headline: It rains\nBy Ana Roe", "By Ana Roe", "It rains", id="headline"),
        pytest.param("Rain in Suva\nBy Ana Roe", "By Ana Roe", "Rain in Suva", id="first-line"),
        pytest.param("By then all was lost.", "", "", id="sentence"),
        pytest.param("By Sunday\nall was lost", "", "", id="one-word"),
        pytest.param("By the Old River They Sat.", "", "", id="stop"),
        pytest.param("Title fights are rare", "", "", id="no-colon"),
        pytest.param("Rain in Suva\n\nIt rains. By Ana Roe", "", "", id="no-label"),
    ],
)
def test_byline_and_title(head, byline, title):
    text = f"{head}\n\nThe minister said so."
    labels = text_labels.read(text)
    assert (labels.byline, labels.title) == (byline, title)
    assert bool(labels.end) == bool(byline or title)
    assert text[labels.end :].startswith("The minister" if labels.end else head)


def read(name: str, data: bytes):
    (item,) = read_stream(BytesIO(data), name)
    return item


def test_readers_take_what_a_text_says_and_leave_the_text():
    text = "Rain in Suva\nBy Ana Roe\nDate: 2017-07-05T08:00:00+02:00\n\n“It rains,” said Zoë."
    item = read("a.txt", text.encode())
    assert (item.text, item.title, item.byline) == (text, "Rain in Suva", "By Ana Roe")
    assert item.published_on == DAY
    assert item.published_at == datetime(2017, 7, 5, 6, tzinfo=UTC)
    assert item.text_extractor == "decoded as utf-8; labels: day and byline and title"


@pytest.mark.parametrize(("said", "day"), [({}, DAY), ({"date": "2019-01-02"}, date(2019, 1, 2))])
def test_what_the_sender_says_counts_before_a_label(said, day):
    item = read("a.jsonl", json.dumps({"text": "date 2017-07-05 It rains.", **said}).encode())
    assert (item.published_on, item.text) == (day, "date 2017-07-05 It rains.")


@given(
    st.text(alphabet=st.sampled_from("dateBy: \n-2017Jul05Rx.|"), max_size=200)
    | st.lists(
        st.sampled_from(["Date: ", "2017-07-05", "By ", "Ana Roe", "\n", " ", "5 July 2017", "x"])
    ).map("".join)
)
def test_labels_stand_within_the_text(text):
    labels = text_labels.read(text)
    assert 0 <= labels.end < len(text) or not text
    assert bool(labels.end) >= bool(labels.published_on or labels.byline or labels.title)
    assert not labels.end or text[labels.end :].strip()
