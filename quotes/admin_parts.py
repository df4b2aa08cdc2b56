"""What the operators' pages share: rows that are only read, lists that stay quick at any size."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html

from quotes.jobs import JobError
from quotes.params import PAGES
from quotes.refusals import InputError

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Any, Any]
    _Paginator = Paginator[Any]
else:  # Django's own classes take no parameters
    Admin = admin.ModelAdmin
    Inline = admin.TabularInline
    _Paginator = Paginator


class CappedPaginator(_Paginator):
    """Counts no further than the site's own lists do, so that no list reads a whole table."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows, `PAGES.count_cap` at most."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by().values("pk")[: PAGES.count_cap].count()


class ReadOnly:
    """Mixin: rows are seen, but neither added, changed nor deleted by hand."""

    def has_add_permission(self, *_: Any) -> bool:
        """Return False: the tracker adds."""
        return False

    def has_change_permission(self, *_: Any) -> bool:
        """Return False: what is stored changes on the site's pages only, where that is kept."""
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        """Return False: what is cited must stay."""
        return False


class Listed(ReadOnly, Admin):
    """A table as operators see it: read only, its lists bounded, each row with its own page."""

    paginator = CappedPaginator
    show_full_result_count = False
    # Counts beside the filters would read the whole table, once for each.
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    @admin.display(description="page")
    def page(self, row: Any) -> str:
        """Return a link to the row's page on the site."""
        return format_html('<a href="{}">open</a>', row.get_absolute_url())

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Say whether the visitor may use the actions: those who may change rows of the table."""
        name = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return bool(request.user.has_perm(name))

    def do_to_each(
        self, request: HttpRequest, rows: Any, do: Callable[[Any], object], done: str
    ) -> None:
        """Do something to each row, tell how many it was done to, and why not to the others."""
        count = 0
        for row in rows:
            try:
                do(row)
            except (InputError, JobError) as error:
                self.message_user(request, f"{row}: {error}", messages.WARNING)
            else:
                count += 1
        if count:
            self.message_user(request, f"{count} {done}.", messages.SUCCESS)
