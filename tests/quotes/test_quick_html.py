"""Values in HTML: what Django's own functions make of them, to the letter."""

from datetime import date

import pytest
from django.utils import html
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from quotes.quick_html import format_html, format_html_join

ODD = "<b>&'\"é” {0} 7"


class Named(str):
    """A kind of string, as choices are."""

    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(ODD, id="text"),
        pytest.param(mark_safe(ODD), id="safe"),  # noqa: S308  to see that it stays
        pytest.param(Named(ODD), id="a kind of string"),
        pytest.param(lazystr(ODD), id="translated later"),
        pytest.param(None, id="nothing"),
        pytest.param(1234.5, id="number"),
        pytest.param(date(2026, 3, 4), id="day"),
    ],
)
def test_it_is_what_django_makes(value):
    form = '<a title="{}">{one}</a>'
    ours = format_html(form, value, one=value)
    assert ours == html.format_html(form, value, one=value)
    joined = format_html_join(" | ", form.format("{}", one="{}"), [(value, 1), (2, value)])
    assert joined == html.format_html_join(
        mark_safe(" | "),
        form.format("{}", one="{}"),
        [(value, 1), (2, value)],
    )
    assert html.conditional_escape(ours + joined) == ours + joined


@given(st.lists(st.tuples(st.text(), st.text())), st.booleans())
def test_whatever_is_written(rows, is_safe):
    given_rows = [(mark_safe(a) if is_safe else a, b) for a, b in rows]  # noqa: S308  to compare
    ours = format_html_join("\n", "<i>{}</i>{}", given_rows)
    assert ours == html.format_html_join("\n", "<i>{}</i>{}", given_rows)
