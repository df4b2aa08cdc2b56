"""Which formats there are: how rows are loaded for each, and how a document of them is written.

A document is written in parts, `head`, `row` after `row`, `tail`, so that one of any length costs
no more memory than a row: pages of the API and bulk exports are written by the same code.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from django.db.models import Case, F, Model, Prefetch, QuerySet, Value, When
from django.db.models.functions import Greatest, Substr

from quotes import interchange, linked_data, provenance
from quotes.interchange import Cell, Record
from quotes.models import ArticleVersion, Quotation, QuotationSpan, Speaker
from quotes.params import CITING

Row = TypeVar("Row", bound=Model)

# Which release of the formats this is: a field that goes, or means something else, is a new one.
SCHEMA_VERSION = 1


class About(NamedTuple):
    """What a document says of itself: its address, its title, and its place among other pages.

    `part_of` is the address of the whole list, "" for a document that holds all of it.
    """

    address: str
    label: str
    part_of: str = ""
    next: str = ""
    previous: str = ""


class Format(Generic[Row]):
    """A way to write rows. `load` says what a row needs, `item` writes a document of one."""

    name: ClassVar[str]
    media_type: ClassVar[str]
    suffix: ClassVar[str]
    means: ClassVar[str]

    def __init__(self, load: Callable[[QuerySet[Row]], QuerySet[Row]]) -> None:
        self.load = load

    @property
    def content_type(self) -> str:
        """Return the Content-Type of a document."""
        return self.media_type

    def item(self, row: Row) -> str:
        """Return a document of one row."""
        raise NotImplementedError

    def head(self, about: About) -> str:  # noqa: ARG002
        """Return what stands before the rows."""
        return ""

    def row(self, row: Row, *, is_first: bool) -> str:
        """Return a row of a document with what parts it from the one before."""
        raise NotImplementedError

    def tail(self, about: About, count: int) -> str:  # noqa: ARG002
        """Return what stands after the rows, of which there were `count`."""
        return ""

    def document(self, rows: Iterable[Row], about: About) -> str:
        """Return a whole document."""
        parts = [self.row(row, is_first=not number) for number, row in enumerate(rows)]
        return "".join([self.head(about), *parts, self.tail(about, len(parts))])


def compact(value: Any) -> str:
    """Return `value` as JSON on one line, in its own characters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class JsonLines(Format[Row]):
    """One JSON object a line."""

    name, suffix = "jsonl", "jsonl"
    media_type = "application/x-ndjson"
    means = "JSON lines: one object a line, with all that is known of each row"

    def __init__(
        self,
        load: Callable[[QuerySet[Row]], QuerySet[Row]],
        record: Callable[[Row], Record],
        whole: Callable[[Row], Record] | None = None,
    ) -> None:
        super().__init__(load)
        self._record, self._whole = record, whole or record

    def item(self, row: Row) -> str:
        """Return the row on a line."""
        return compact(self._whole(row)) + "\n"

    def row(self, row: Row, *, is_first: bool) -> str:  # noqa: ARG002
        """Return the row on a line."""
        return compact(self._record(row)) + "\n"


class Csv(Format[Row]):
    """A table after RFC 4180 in UTF-8: a line of column names, CRLF, cells that run no formula."""

    name, suffix = "csv", "csv"
    media_type = "text/csv"
    means = "a table (RFC 4180, UTF-8); cells that a spreadsheet would calculate begin with '"

    def __init__(
        self,
        load: Callable[[QuerySet[Row]], QuerySet[Row]],
        columns: Sequence[str],
        cells: Callable[[Row], dict[str, Cell]],
    ) -> None:
        super().__init__(load)
        self.columns, self._cells = tuple(columns), cells

    @property
    def content_type(self) -> str:
        """Return the media type with the characters, and that the first line names the columns."""
        return f"{self.media_type}; charset=utf-8; header=present"

    def item(self, row: Row) -> str:
        """Return the names of the columns and one line."""
        return self._line(self.columns) + self.row(row, is_first=True)

    def head(self, about: About) -> str:  # noqa: ARG002
        """Return the names of the columns."""
        return self._line(self.columns)

    def row(self, row: Row, *, is_first: bool) -> str:  # noqa: ARG002
        """Return the row on a line, or on several where its words have line ends."""
        return self._line(interchange.row_of(self._cells(row), self.columns))

    def _line(self, cells: Sequence[Cell]) -> str:
        line = StringIO(newline="")
        csv.writer(line).writerow(cells)
        return line.getvalue()


class JsonDocument(Format[Row]):
    """A JSON document with its rows as a list; `_open` and `_close` stand around them."""

    def row(self, row: Row, *, is_first: bool) -> str:
        """Return the row's node, parted from the one before."""
        return ("\n" if is_first else ",\n") + compact(self.node(row))

    def node(self, row: Row) -> Record:
        """Return the row as JSON."""
        raise NotImplementedError


class SchemaOrg(JsonDocument[Row]):
    """schema.org in JSON-LD: a node, or a graph of them."""

    name, suffix = "schemaorg", "jsonld"
    media_type = "application/ld+json"
    means = "schema.org JSON-LD: Quotation, NewsArticle, Person"

    def __init__(
        self, load: Callable[[QuerySet[Row]], QuerySet[Row]], node: Callable[[Row], Record]
    ) -> None:
        super().__init__(load)
        self._node = node

    def node(self, row: Row) -> Record:
        """Return the row as a node without its context."""
        return self._node(row)

    def item(self, row: Row) -> str:
        """Return the row as a document."""
        known = {"@context": linked_data.context(linked_data.SCHEMA_ORG)}
        return compact(known | self.node(row)) + "\n"

    def head(self, about: About) -> str:
        """Return the context and the beginning of the graph."""
        known = {
            "@context": linked_data.context(linked_data.SCHEMA_ORG),
            "@id": about.address,
        }
        return compact(known)[:-1] + ',"@graph":['

    def tail(self, about: About, count: int) -> str:  # noqa: ARG002
        """Return the end of the graph."""
        return "\n]}\n"


class WebAnnotation(JsonDocument[Quotation]):
    """W3C Web Annotations: one, a page of them, or a collection with one page that holds all."""

    name, suffix = "annotation", "jsonld"
    media_type = f'application/ld+json;profile="{linked_data.ANNOTATIONS}"'
    means = "W3C Web Annotation JSON-LD: selectors of the words in the stored text"

    def node(self, row: Quotation) -> Record:
        """Return the quotation as an annotation without its context."""
        return linked_data.annotation(row)

    def item(self, row: Quotation) -> str:
        """Return the quotation as an annotation."""
        known = {"@context": linked_data.context(linked_data.ANNOTATIONS)}
        return compact(known | self.node(row)) + "\n"

    def head(self, about: About) -> str:
        """Return what comes before the annotations: a page's properties, or a collection's."""
        known: Record = {"@context": linked_data.context(linked_data.ANNOTATIONS)}
        page: Record = {"type": "AnnotationPage"}
        if about.part_of:
            whole = {"id": about.part_of, "type": "AnnotationCollection", "label": about.label}
            links = {"next": about.next, "prev": about.previous}
            page = {"id": about.address, **page, "partOf": whole}
            page |= {name: link for name, link in links.items() if link}
            return compact(known | page)[:-1] + ',"items":['
        known |= {"id": about.address, "type": "AnnotationCollection", "label": about.label}
        page = {"id": f"{about.address}#page", **page, "partOf": about.address, "startIndex": 0}
        return f'{compact(known)[:-1]},"first":{compact(page)[:-1]},"items":['

    def tail(self, about: About, count: int) -> str:
        """Return the end, with how many there were where they are all."""
        return "\n]}\n" if about.part_of else f'\n]}},"total":{count}}}\n'


class ProvJson(JsonDocument[Quotation]):
    """PROV-JSON: the provenance of a quotation, or a bundle of statements for each of many."""

    name, suffix = "prov", "prov.json"
    media_type = "application/prov+json"
    means = "PROV-JSON: where each quotation came from, through which software and whose hands"

    def item(self, row: Quotation) -> str:
        """Return the provenance of one quotation."""
        return compact(provenance.document(row)) + "\n"

    def head(self, about: About) -> str:  # noqa: ARG002
        """Return the namespaces."""
        return compact({"prefix": provenance.prefixes()})[:-1] + ',"bundle":{'

    def row(self, row: Quotation, *, is_first: bool) -> str:
        """Return the bundle of a quotation."""
        bundle = f"{compact(provenance.bundle_id(row))}:{compact(provenance.statements(row))}"
        return ("\n" if is_first else ",\n") + bundle

    def tail(self, about: About, count: int) -> str:  # noqa: ARG002
        """Return the end."""
        return "\n}}\n"


# --- loading


def _spans() -> QuerySet[QuotationSpan]:
    """Return spans with the words before and after them where they are content."""
    before = Greatest(F("start") - CITING.context_chars, Value(0))
    text = "quotation__version__text__content"
    is_content = {"role": QuotationSpan.Role.CONTENT}
    return QuotationSpan.objects.annotate(
        before=Case(
            When(**is_content, then=Substr(text, before + 1, F("start") - before)),
            default=Value(""),
        ),
        after=Case(
            When(**is_content, then=Substr(text, F("end") + 1, CITING.context_chars)),
            default=Value(""),
        ),
    )


def _quotations(rows: QuerySet[Quotation], *also: Any) -> QuerySet[Quotation]:
    """Load quotations in as many queries as there are prefetches, never the articles' texts."""
    found = rows.select_related("speaker", "version__article__outlet")
    return found.prefetch_related(None).prefetch_related(
        "extraction__run", "version__article__speaker_links", *also
    )


def _with_spans(rows: QuerySet[Quotation]) -> QuerySet[Quotation]:
    return _quotations(rows, "spans")


def _with_context(rows: QuerySet[Quotation]) -> QuerySet[Quotation]:
    return _quotations(rows, Prefetch("spans", queryset=_spans()))


def _with_history(rows: QuerySet[Quotation]) -> QuerySet[Quotation]:
    return _quotations(
        rows, "spans", "predecessor", "decisions__undone_by", "changes__extraction__run"
    )


def _articles(rows: QuerySet[ArticleVersion]) -> QuerySet[ArticleVersion]:
    return rows.select_related("article__outlet")


def _articles_with_text(rows: QuerySet[ArticleVersion]) -> QuerySet[ArticleVersion]:
    return rows.select_related("article__outlet", "text")


def _as_they_are(rows: QuerySet[Speaker]) -> QuerySet[Speaker]:
    return rows


# --- the formats

QUOTATION_COLUMNS = (
    "uid", "address", "kind", "act", "content", "attribution", "speaker", "speaker_slug",
    "speaker_wikidata_id", "speaker_name", "speaker_kind", "speaker_role", "confidence",
    "speaker_confidence", "speaker_link_score", "review", "reviewed_at", "status", "medium", "cue",
    "mention", "prefix", "suffix", "paragraph_index", "start", "end", "pieces", "article_uid",
    "article_version", "article_address", "article_url", "article_title", "article_byline",
    "article_section", "language", "outlet", "outlet_slug", "published_on", "published_at",
    "text_sha256", "run", "created_at", "updated_at", "factuality",
)  # fmt: skip
ARTICLE_COLUMNS = (
    "uid", "id", "address", "url", "title", "byline", "section", "language", "outlet",
    "published_at", "published_on", "version", "retrieved_at", "method", "text_note", "text_sha256",
)  # fmt: skip
SPEAKER_COLUMNS = (
    "slug", "name", "kind", "wikidata_id", "address", "url", "description", "quotation_count",
    "first_quoted_on", "last_quoted_on",
)  # fmt: skip

QUOTATION_FORMATS: tuple[Format[Quotation], ...] = (
    JsonLines(_with_spans, interchange.quotation_record),
    Csv(_with_spans, QUOTATION_COLUMNS, interchange.quotation_cells),
    WebAnnotation(_with_context),
    SchemaOrg(_with_spans, linked_data.quotation_node),
    ProvJson(_with_history),
)
ARTICLE_FORMATS: tuple[Format[ArticleVersion], ...] = (
    JsonLines(_articles, interchange.article_record, interchange.article_with_text),
    Csv(_articles, ARTICLE_COLUMNS, interchange.article_record),
    SchemaOrg(_articles, linked_data.article_node),
)
SPEAKER_FORMATS: tuple[Format[Speaker], ...] = (
    JsonLines(_as_they_are, interchange.speaker_record),
    Csv(_as_they_are, SPEAKER_COLUMNS, interchange.speaker_record),
    SchemaOrg(_as_they_are, linked_data.speaker_node),
)
# Articles with their texts, as `manage.py ingest` reads them back: for bulk exports only.
ARTICLE_TEXTS = JsonLines(_articles_with_text, interchange.article_with_text)


def by_name(formats: Sequence[Format[Row]]) -> Mapping[str, Format[Row]]:
    """Return formats by their names."""
    return {one.name: one for one in formats}
