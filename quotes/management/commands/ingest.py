"""`manage.py ingest`: import articles, show the quotations found and how far it is."""

import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from quotes import jobs, locks, plain_words
from quotes.encodings import NAMES
from quotes.ingest import STDIN, clip
from quotes.jobs import SAME, JobError, Settled
from quotes.management.arguments import add_workers
from quotes.models import ArticleVersion, Import, Quotation
from quotes.source_texts import is_web_address

_WIDTHS = {"speaker": 26, "kind": 8, "cue": 14, "content": 0, "conf.": 5, "article": 24}
_COLUMNS_WITHOUT_TERMINAL = 160
_TITLE_CHARS = 60
_INTERRUPTED = 130
_LAST = "last"


class Command(BaseCommand):
    """An import in the foreground: stopped at any moment, it can be gone on with.

    CommandError, so exit status 1, at the end if any input was refused.
    """

    help = (
        "Import articles (files, folders, archives, feeds, web addresses, or - for standard "
        "input), extract and store their quotations, and print them. What is stored already is "
        "not stored twice."
    )

    # They load all pages and the whole API, which costs more than reading what is not new.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add PATH|URL… and the options."""
        parser.add_argument(
            "sources", nargs="*", metavar="PATH|URL", help=f"{STDIN} is standard input"
        )
        parser.add_argument("--outlet", default="", help="outlet of articles that name none")
        parser.add_argument("--language", default="", help="language (BCP 47) where none is given")
        parser.add_argument(
            "--encoding",
            default="",
            choices=NAMES,
            metavar="NAME",
            help="of texts that are not UTF-8 and do not say what they are, as windows-1252",
        )
        parser.add_argument(
            "--type", default="", metavar="MEDIA_TYPE", help="read all as this, as text/html"
        )
        parser.add_argument(
            "--mend-mojibake", action="store_true", help="undo wrong decodings in the texts read"
        )
        parser.add_argument("--quiet", action="store_true", help="print counts, no quotations")
        parser.add_argument(
            "--background", action="store_true", help="go on detached, with a page to look at"
        )
        parser.add_argument(
            "--resume", metavar="UID", help=f"go on with an import that was stopped; or “{_LAST}”"
        )
        add_workers(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Make the import or find it again, work at it, show it, count."""
        if bool(options["sources"]) == bool(options["resume"]):
            raise CommandError("name what to read, or give --resume UID to go on with an import")
        self.table = None if options["quiet"] else Table(self._print)
        try:
            if options["background"]:
                self._launch(options)
            elif options["resume"]:
                job = _stopped(options["resume"])
                self._run(job, lambda tell: jobs.start_locked(job, tell))
            else:
                self._run_new(options)
        except (JobError, locks.BusyError) as error:
            raise CommandError(str(error)) from error

    # --- in the background

    def _launch(self, options: dict[str, Any]) -> None:
        if STDIN in options["sources"]:
            raise CommandError("standard input ends with its terminal: leave out --background")
        if options["resume"]:
            job = _stopped(options["resume"])
            jobs.resume(job)
        else:
            job = jobs.create(_kind(options), options["sources"], options=_kept(options))
            jobs.launch(job)
        self.stdout.write(f"Import {job.uid}\nPage: {_address(job)}")

    # --- in the foreground

    def _run_new(self, options: dict[str, Any]) -> None:
        uid = uuid.uuid4()
        with locks.of_job(uid).hold():  # before it can be seen: nobody else takes it up
            job = jobs.create(_kind(options), options["sources"], options=_kept(options), uid=uid)
            self._work(job, lambda tell: jobs.work_locked(job, tell))
        self._report(job)

    def _run(self, job: Import, work: Callable[[jobs.Tell], None]) -> None:
        with jobs.lock_of(job).hold():
            self._work(job, work)
        self._report(job)

    def _work(self, job: Import, work: Callable[[jobs.Tell], None]) -> None:
        try:
            with Bar(job) as bar:

                def tell(settled: Settled) -> None:
                    bar.tell(settled)
                    self._tell(settled)

                work(tell)
        except KeyboardInterrupt as error:
            jobs.stop_locked(job)
            message = f"stopped; what was stored stays. Go on with --resume {job.uid}"
            raise CommandError(message, returncode=_INTERRUPTED) from error

    def _tell(self, settled: Settled) -> None:
        if settled.refusal:
            with tqdm.external_write_mode(file=sys.stderr):
                self.stderr.write(str(settled.refusal))
        elif settled.version and self.table:
            self.table.show(settled.version)

    def _print(self, line: str) -> None:
        """Print to standard output; where nobody reads it any more, go on storing."""
        try:
            with tqdm.external_write_mode(file=sys.stdout):
                self.stdout.write(line)
                self.stdout.flush()
        except BrokenPipeError:
            # Python would complain again when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _report(self, job: Import) -> None:
        job.refresh_from_db()
        kinds = ("new", "changed", SAME, "refused")
        self._print("Articles: " + ", ".join(f"{getattr(job, kind)} {kind}" for kind in kinds))
        if job.state == Import.State.CANCELLED:
            raise CommandError(f"cancelled by somebody else; go on with --resume {job.uid}")
        if job.refused:
            raise CommandError(f"{job.refused} refused; the reasons are above, and {_address(job)}")
        jobs.drop_if_same(job)


def _kind(options: dict[str, Any]) -> str:
    only_addresses = all(is_web_address(source) for source in options["sources"])
    return Import.Kind.ADDRESS if only_addresses else Import.Kind.FILES


def _kept(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that the import keeps, so that it can be gone on with from anywhere."""
    given = {name: options[name] for name in ("outlet", "language", "encoding", "mend_mojibake")}
    given |= {"media_type": options["type"], "workers": options["workers"]}
    kept = {name: value for name, value in given.items() if value}
    return {**kept, "folder": str(Path.cwd())}


def _stopped(uid: str) -> Import:
    """Return the import to go on with; CommandError if there is none."""
    if uid == _LAST:
        job = Import.objects.exclude(state=Import.State.FINISHED).first()
        if job is None:
            raise CommandError("no import was stopped: all are finished")
        return job
    try:
        return Import.objects.get(uid=uid)
    except (Import.DoesNotExist, ValidationError) as error:
        problem = f"no import {uid!r}; its page and the command that began it say its uid"
        raise CommandError(problem) from error


def _address(job: Import) -> str:
    return f"{settings.SITE_URL}{job.get_absolute_url()}"


class Bar:
    """The progress bar of an import: by bytes where they are known, else by articles."""

    def __init__(self, job: Import) -> None:
        self._job = job
        self._bar: tqdm[Any] | None = None
        self._last = 0
        self._is_bytes = False

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def tell(self, settled: Settled) -> None:
        """Show that an item is settled."""
        if self._bar is None:
            self._open(settled)
        if self._bar is None:
            return
        if self._bar.total != settled.total and not self._is_bytes:
            self._bar.total = settled.total
        now = settled.bytes_done if self._is_bytes else settled.number
        if self._is_bytes:
            self._bar.set_postfix_str(f"{settled.number} articles", refresh=False)
        self._bar.update(now - self._last)
        self._last = now

    def _open(self, settled: Settled) -> None:
        self._is_bytes = self._job.bytes_total is not None
        total = self._job.bytes_total if self._is_bytes else settled.total
        self._last = self._job.bytes_done if self._is_bytes else self._job.done
        self._bar = tqdm(
            total=total,
            initial=self._last,
            unit="B" if self._is_bytes else " articles",
            unit_scale=self._is_bytes,
            disable=None,
        )


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
            label = plain_words.not_said(row.factuality, is_inside=True)
            not_said = label.partition(",")[0]  # "negated": whole in the narrowest column
            self._line(
                [
                    row.speaker.name if row.speaker else row.speaker_name or "–",
                    row.kind,
                    row.cue or "–",
                    f"({not_said}) {row.content}" if not_said else row.content,
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
