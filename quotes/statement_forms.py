"""What readers ask of the lists of statements, and what reviewers send about them."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.http import QueryDict

from quotes import selections
from quotes.forms import ListFilter, OutletMixin
from quotes.models import QuotationQuerySet, Report, Speaker, Statement, StatementQuerySet
from quotes.params import PAGES
from quotes.selections import SelectionError
from quotes.speaker_search import named
from quotes.statements import COMMENT_CHARS

_WANTED = {
    "required": "Give the address of a quotation.",
    "max_length": "This is no address of a quotation; copy it from the quotation’s page.",
}
_FIELDS = {"published_from": "after", "published_to": "before"}


class StatementFilter(OutletMixin, ListFilter):
    """Search and filters of statements.

    Words, outlet and days are of one report: a statement is listed if a report of it has them all.
    Looked for among the newest `PAGES.statement_matches` quotations that do; `is_capped` says
    that there are more.
    """

    SORTS: ClassVar[dict[str, tuple[str, ...]]] = {
        "newest": ("-dated", "-id"),
        "reports": ("-reports_count", "-dated", "-id"),
        "outlets": ("-outlets_count", "-dated", "-id"),
    }

    q = forms.CharField(
        label="Words",
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    speaker = forms.CharField(label="Speaker", required=False, max_length=300)
    outlets = forms.IntegerField(
        label="Outlets at least",
        required=False,
        min_value=1,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Write a number of outlets, such as 3."},
    )
    warnings = forms.BooleanField(label="Only where a wording needs checking", required=False)
    sort = forms.ChoiceField(
        label="Sort",
        required=False,
        choices=[("", "Newest"), ("reports", "Most reports"), ("outlets", "Most outlets")],
    )
    field_order = ("q", "speaker", "outlet", "after", "before", "outlets", "warnings", "sort")
    is_capped = False

    def clean_speaker(self) -> Speaker | str:
        """Return the speaker with that slug, else the words to look for in names."""
        asked: str = self.cleaned_data["speaker"]
        return Speaker.objects.filter(slug=asked).first() or asked if asked else ""

    def clean(self) -> dict[str, Any]:
        """Refuse a search that cannot be read, with the reason."""
        cleaned = super().clean()
        if not self.errors:
            try:
                selections.clean(self._selected(cleaned))
            except SelectionError as error:
                self.add_error(_FIELDS.get(error.parameter, error.parameter), error.message)
        return cleaned

    @staticmethod
    def _selected(cleaned: dict[str, Any]) -> dict[str, list[str]]:
        outlet, after, before = (cleaned.get(name) for name in ("outlet", "after", "before"))
        given = {
            "q": cleaned.get("q", "").strip(),
            "outlet": outlet.slug if outlet else "",
            "published_from": after.isoformat() if after else "",
            "published_to": before.isoformat() if before else "",
        }
        return {name: [value] for name, value in given.items() if value}

    def apply(
        self, statements: StatementQuerySet, quotations: QuotationQuerySet
    ) -> StatementQuerySet:
        """Return those of `statements` that pass, ordered; none if a value cannot be used.

        `quotations` are those that may be shown. Asks for their keys where reports are narrowed.
        """
        if not self.is_valid():
            return statements.none()
        cleaned = self.cleaned_data
        rows = statements.filter(_by_speaker(cleaned["speaker"]))
        if cleaned["outlets"]:
            rows = rows.filter(outlets_count__gte=cleaned["outlets"])
        if cleaned["warnings"]:
            rows = rows.filter(has_warnings=True)
        if query := self._selected(cleaned):
            rows = rows.filter(pk__in=self._reporting(selections.narrow(quotations, query)))
        return rows.order_by(*self.SORTS[cleaned["sort"] or "newest"])

    def _reporting(self, matches: QuotationQuerySet) -> set[int]:
        """Return the keys of the statements that the newest of these quotations report."""
        newest = matches.order_by("-recency").values_list("pk", flat=True)  # type: ignore[misc]  # annotated
        keys = list(newest[: PAGES.statement_matches + 1])
        self.is_capped = len(keys) > PAGES.statement_matches
        reports = Report.objects.filter(quotation__in=keys[: PAGES.statement_matches]).order_by()
        return set(reports.values_list("statement", flat=True))


def _by_speaker(asked: Speaker | str) -> Q:
    if isinstance(asked, Speaker):
        return Q(speaker=asked)
    return Q(speaker__in=named(Speaker.objects.all(), asked).values("pk")) if asked else Q()


# --- addresses of quotations, as people paste them


def uid_of(address: str) -> str:
    """Return the uid in an address of a quotation's page, or in a uid that was typed.

    What cannot be one is returned as it is, to be named in the message.
    """
    path = address.strip().split("#")[0].split("?")[0].rstrip("/")
    return path.rsplit("/", 1)[-1][:64]


class CompareForm(forms.Form):
    """Which quotations are to be compared: `q`, two to `PAGES.quotations_compared` times."""

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        asked = [uid_of(value) for value in query.getlist("q") if value.strip()]
        self.uids = list(dict.fromkeys(asked))

    def clean(self) -> dict[str, Any]:
        """Refuse fewer than two, and more than can be read beside each other."""
        if len(self.uids) > PAGES.quotations_compared:
            raise forms.ValidationError(
                f"{len(self.uids)} quotations are too many to compare; give at most "
                f"{PAGES.quotations_compared}."
            )
        if len(self.uids) == 1:
            raise forms.ValidationError("One quotation alone cannot be compared; give another.")
        return self.cleaned_data


class SameForm(forms.Form):
    """What a reviewer says of two quotations: whether they report one statement, and why."""

    quotation = forms.CharField(max_length=2000, error_messages=_WANTED)
    beside = forms.CharField(max_length=2000, error_messages=_WANTED)
    is_same = forms.ChoiceField(
        choices=[("yes", "the same"), ("no", "not the same")],
        error_messages={
            "required": "Say whether it is the same statement or not.",
            "invalid_choice": "Say yes or no: is it the same statement?",
        },
    )
    comment = forms.CharField(
        required=False,
        max_length=COMMENT_CHARS,
        error_messages={"max_length": f"Say why in at most {COMMENT_CHARS} characters."},
    )

    def clean_quotation(self) -> str:
        """Return the quotation's uid."""
        return uid_of(self.cleaned_data["quotation"])

    def clean_beside(self) -> str:
        """Return the uid of the quotation that it was compared with."""
        return uid_of(self.cleaned_data["beside"])

    def clean_is_same(self) -> bool:
        """Return whether it is the same."""
        return bool(self.cleaned_data["is_same"] == "yes")

    def named(self) -> list[tuple[str, str]]:
        """Return the fields that name quotations, with their uids; wants a valid form."""
        return [(name, self.cleaned_data[name]) for name in ("quotation", "beside")]

    @property
    def uids(self) -> list[str]:
        """Return the uids that it names; wants a valid form."""
        return [uid for _, uid in self.named()]

    def problems(self) -> list[str]:
        """Return what cannot be used, in sentences."""
        return [str(message) for messages in self.errors.values() for message in messages]


def shown_to(user: Any) -> StatementQuerySet:
    """Return the statements of lists that `user` may read."""
    return Statement.objects.visible_to(user).shown()
