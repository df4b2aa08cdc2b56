"""Pages of a list: places, ends and the cap."""

import pytest

from quotes.models import Outlet
from quotes.paging import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlets() -> None:
    Outlet.objects.bulk_create(Outlet(name=f"Outlet {n:02}", slug=f"o{n:02}") for n in range(12))


@pytest.mark.usefixtures("outlets")
@pytest.mark.parametrize(
    ("number", "rows", "previous", "following"),
    [
        pytest.param(1, 5, None, 2, id="first"),
        pytest.param(2, 5, 1, 3, id="middle"),
        pytest.param(3, 2, 2, None, id="last"),
        pytest.param(4, 0, 3, None, id="past-the-end"),
    ],
)
def test_pages(number, rows, previous, following):
    page = page_of(Outlet.objects.all(), number, size=5, cap=100)
    assert (len(page.rows), page.previous, page.next) == (rows, previous, following)
    assert (page.total, page.capped, page.pages) == (12, False, 3)
    assert page.first == 1 + 5 * (number - 1)


@pytest.mark.usefixtures("outlets")
def test_nothing_past_the_cap_is_counted_or_shown():
    pages = [page_of(Outlet.objects.all(), number, size=5, cap=7) for number in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [5, 2, 0]
    assert all(page.capped and page.total == 7 and page.pages == 2 for page in pages)


def test_an_empty_list_has_one_page():
    page = page_of(Outlet.objects.all(), 1, size=5, cap=7)
    assert (page.rows, page.total, page.pages, page.next) == ([], 0, 1, None)


@pytest.mark.usefixtures("outlets")
def test_a_page_costs_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):  # count, rows
        page_of(Outlet.objects.all(), 2, size=5, cap=100)
