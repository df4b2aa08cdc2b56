"""`manage.py ingest`: read articles, extract their quotations, store both, show what was found."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DataError, IntegrityError
from tqdm import tqdm

from quotes import store
from quotes.extraction import (
    configured_extractor,
    extract_groups,
    in_groups,
    with_quotations_only,
)
from quotes.ingest import STDIN, Refusal, SourceText, clip, read
from quotes.management.arguments import add_workers
from quotes.models import ArticleVersion, ExtractionRun, Quotation
from quotes.nlp.document import Document

_WIDTHS = {"speaker": 26, "kind": 8, "cue": 14, "content": 0, "conf.": 5, "article": 24}
_COLUMNS_WITHOUT_TERMINAL = 160
_TITLE_CHARS = 60
_INTERRUPTED = 130


class Given(NamedTuple):
    """An article that was read, and its version in the store, if it is there already."""

    source: SourceText
    known: ArticleVersion | None


class Command(BaseCommand):
    """Stores each article in a transaction of its own, so it can be stopped and run again.

    CommandError, so exit status 1, at the end if any input was refused.
    """

    help = (
        "Read articles (text, HTML, JSON lines; files, folders or - for standard input), extract "
        "and store their quotations, and print them. What is stored already is not stored twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add PATH… and the options."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help=f"{STDIN} is standard input")
        parser.add_argument("--outlet", default="", help="outlet of articles that name none")
        parser.add_argument("--language", default="", help="language (BCP 47) where none is given")
        parser.add_argument("--quiet", action="store_true", help="print counts, no quotations")
        add_workers(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Read, store, show, count."""
        self.counts: Counter[str] = Counter()
        self.run: ExtractionRun | None = None
        self.table = None if options["quiet"] else Table(self._print)
        try:
            self._ingest(options)
        except KeyboardInterrupt as error:
            message = "interrupted; what was stored stays, run it again to go on"
            raise CommandError(message, returncode=_INTERRUPTED) from error
        finally:
            if self.run:
                store.close_run(self.run)
        self._report()

    def _print(self, line: str) -> None:
        """Print to standard output; where nobody reads it any more, go on storing."""
        try:
            with tqdm.external_write_mode(file=sys.stdout):
                self.stdout.write(line)
                self.stdout.flush()
        except BrokenPipeError:
            # Python would complain again when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _sources(self, options: dict[str, Any]) -> Iterator[SourceText]:
        """Yield what can be taken; note what is refused."""
        given = {name: options[name] for name in ("outlet", "language") if options[name]}
        for item in tqdm(read(options["paths"]), unit=" articles", disable=None):
            if isinstance(item, Refusal):
                self._refuse(item)
            else:
                missing = {name: value for name, value in given.items() if not getattr(item, name)}
                yield item.model_copy(update=missing)

    def _ingest(self, options: dict[str, Any]) -> None:
        """Store what is new and show the quotations of all, in order."""
        workers: int = options["workers"]
        given = (Given(source, store.find_version(source)) for source in self._sources(options))
        groups = in_groups(given, lambda item: len(item.source.text), workers=workers)
        for group, docs in extract_groups(groups, _texts, with_quotations_only, workers=workers):
            made = self._store([item.source for item in group if not item.known], docs)
            for item in group:
                self._show(item.known or next(made))
                self.counts["same"] += item.known is not None

    def _show(self, version: ArticleVersion | None) -> None:
        if version and self.table:
            self.table.show(version)

    def _store(
        self, sources: list[SourceText], docs: list[Document | Exception]
    ) -> Iterator[ArticleVersion | None]:
        """Yield the stored version of each of `sources`, None if it was refused."""
        if not sources:
            return  # nothing is new: no extractor is needed
        self.run = self.run or store.open_run(configured_extractor().provenance)
        for source, doc in zip(sources, docs, strict=True):
            yield self._store_one(source, doc, self.run)

    def _store_one(
        self, source: SourceText, doc: Document | Exception, run: ExtractionRun
    ) -> ArticleVersion | None:
        if isinstance(doc, Exception):
            self._refuse_text(source, doc)
            return None
        if version := store.find_version(source):  # twice in one group
            self.counts["same"] += 1
            return version
        try:
            version = store.record(source, doc, run).version
        except (ValueError, IntegrityError, DataError) as error:
            self._refuse_text(source, error)
            return None
        self.counts["new" if version.number == 1 else "changed"] += 1
        return version

    def _refuse_text(self, source: SourceText, error: Exception) -> None:
        problem = f"could not be processed ({error})"
        remedy = "check the text; the other articles are not affected"
        self._refuse(Refusal(origin=source.origin, problem=problem, remedy=remedy))

    def _refuse(self, refusal: Refusal) -> None:
        self.counts["refused"] += 1
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(str(refusal))

    def _report(self) -> None:
        kinds = ("new", "changed", "same", "refused")
        self._print("Articles: " + ", ".join(f"{self.counts[kind]} {kind}" for kind in kinds))
        if self.counts["refused"]:
            raise CommandError(f"{self.counts['refused']} refused; the reasons are above")


def _texts(group: list[Given]) -> list[str]:
    """Return the texts of `group` that are not stored yet."""
    return [item.source.text for item in group if item.known is None]


class Table:
    """Prints quotations in columns as they come, without holding them back to measure them."""

    def __init__(self, write: Callable[[str], None]) -> None:
        columns = shutil.get_terminal_size((_COLUMNS_WITHOUT_TERMINAL, 24)).columns
        spare = columns - sum(_WIDTHS.values()) - 2 * (len(_WIDTHS) - 1)
        self._widths = {**_WIDTHS, "content": max(30, spare)}
        self._write = write
        self._has_heading = False

    def show(self, version: ArticleVersion) -> None:
        """Print the current quotations of speech of `version`, and what of it was not read."""
        quotations = version.quotations.speech().filter(status=Quotation.Status.CURRENT)
        for row in quotations.select_related("speaker").order_by("position"):
            self._line(
                [
                    row.speaker.name if row.speaker else row.speaker_name or "–",
                    row.kind,
                    row.cue or "–",
                    row.content,
                    f"{row.speaker_confidence:.2f}",
                    version.display_title,
                ]
            )

        for note in version.extractions.order_by("-pk").values_list("language_note", flat=True)[:1]:
            if note:
                self._write(f"{clip(version.display_title, _TITLE_CHARS)}: stored, {note}")

    def _line(self, cells: Iterable[str]) -> None:
        if not self._has_heading:
            self._has_heading = True
            self._line(_WIDTHS)
        parts = [clip(c, w).ljust(w) for c, w in zip(cells, self._widths.values(), strict=True)]
        self._write("  ".join(parts).rstrip())
