"""`manage.py extract_stored`: read stored articles again with the extractor of today."""

import json
import logging
import signal
import sys
import time
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from quotes import background, reextraction, run_lock, run_reports
from quotes.extraction import configured_extractor
from quotes.management.arguments import add_workers
from quotes.models import Change, ExtractionRun
from quotes.reextraction import Outcome, Selection
from quotes.run_reports import address_of

logger = logging.getLogger(__name__)

_INTERRUPTED = 130
_LOG_EVERY_S = 30.0
_LOG_LINE = "reading run=%s done=%d of=%d per_min=%.1f left_s=%.0f"
_STDOUT = "-"


class Command(BaseCommand):
    """Stores each article in a transaction of its own, so it can be stopped and run again.

    CommandError, so exit status 1, at the end if any article could not be processed.
    """

    help = (
        "Read stored articles again that another extractor read last, and report what changed. "
        "What people have decided stays. Stopped and run again, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what chooses articles, and the options."""
        parser.add_argument(
            "--outlet", action="append", default=[], metavar="NAME", help="of this outlet only"
        )
        parser.add_argument(
            "--article", nargs="+", action="extend", default=[], metavar="UID", help="these only"
        )
        parser.add_argument(
            "--since", type=_day, metavar="DATE", help="published on this day or later (2026-01-31)"
        )
        parser.add_argument(
            "--all-versions", "--all", action="store_true", help="earlier versions of articles too"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="report what would change, store nothing"
        )
        parser.add_argument(
            "--json", metavar="FILE", help="write the report there too; - is stdout"
        )
        parser.add_argument(
            "--background", action="store_true", help="go on detached, at low priority, with a log"
        )
        parser.add_argument("--ready-fd", type=int, help="what --background starts is given this")
        add_workers(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Choose, read again, report."""
        selection = Selection(
            outlets=tuple(options["outlet"]),
            articles=tuple(options["article"]),
            since=options["since"],
            all_versions=options["all_versions"],
        )
        try:
            selection.versions()
            _check_writable(options["json"])
            if options["background"]:
                self._start_in_background(selection, options)
                return
            with _terminable():
                self._read_again(selection, options)
        except (reextraction.SelectionError, run_lock.BusyError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            message = "stopped; what was stored stays, run the same again to go on"
            raise CommandError(message, returncode=_INTERRUPTED) from error

    # --- in the background

    def _start_in_background(self, selection: Selection, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            raise CommandError("--dry-run stores nothing to look at later: leave out --background")
        log = background.new_log("extract_stored")
        try:
            said = background.spawn(_again(selection, options), log)
        except background.DidNotStartError as error:
            raise CommandError(f"it did not start; {log} says:\n{error}") from error
        self.stdout.write(f"{said}\nLog: {log}")

    # --- the work

    def _read_again(self, selection: Selection, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            self._preview(selection, options)
            return
        with run_lock.only_one():
            if options["ready_fd"] is not None:
                background.yield_to_others()
            self._store(selection, options)

    def _store(self, selection: Selection, options: dict[str, Any]) -> None:
        provenance = configured_extractor().provenance
        versions = _pending(selection, provenance.fingerprint)
        if not versions and not reextraction.stopped_run(provenance, selection):
            background.report_ready(options["ready_fd"], _nothing(selection))
            self._report_nothing(selection, options["json"])
            return
        _load_models(options["workers"])
        run = reextraction.start(provenance, selection, len(versions))
        background.report_ready(options["ready_fd"], f"Run {run.uid}\nPage: {address_of(run)}")
        keep, failed = reextraction.stored_in(run), 0
        for outcome in self._outcomes(versions, keep, options["workers"], str(run.uid)):
            if outcome.problem:
                failed += 1
                reextraction.note_problem(run, outcome)
        reextraction.finish(run, failed)
        self._report_run(run, options["json"])
        _complain(failed)

    def _preview(self, selection: Selection, options: dict[str, Any]) -> None:
        provenance = configured_extractor().provenance
        versions = _pending(selection, provenance.fingerprint)
        if not versions:
            self._report_nothing(selection, options["json"])
            return
        _load_models(options["workers"])
        done = 0
        problems: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        keep = reextraction.previewed(provenance)
        for outcome in self._outcomes(versions, keep, options["workers"], "dry-run"):
            done += not outcome.problem
            rows += outcome.changes
            if outcome.problem:
                problems.append(_problem(outcome))
        report = _report_of_rows(rows, planned=len(versions), done=done, problems=problems)
        self._report(report, rows, options["json"])
        _complain(len(problems))

    def _outcomes(
        self, versions: Sequence[int], keep: reextraction.Keep, workers: int, name: str
    ) -> Iterator[Outcome]:
        """Yield the outcomes with a bar on the terminal, or now and then a line in the log."""
        chosen = reextraction.items(versions)
        outcomes = reextraction.read_again(chosen, keep, workers=workers)
        logged = began = time.monotonic()
        with tqdm(total=len(versions), unit=" articles", disable=None) as bar:
            for done, outcome in enumerate(outcomes, start=1):
                if outcome.problem:
                    self._warn(outcome)
                yield outcome
                bar.update()
                now = time.monotonic()
                if bar.disable and now - logged >= _LOG_EVERY_S:
                    logged, each_s = now, (now - began) / done
                    values = (name, done, len(versions), 60 / each_s)
                    left_s = each_s * (len(versions) - done)
                    logger.info(_LOG_LINE, *values, left_s)

    def _warn(self, outcome: Outcome) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(f"{outcome.item}: {outcome.problem}; its quotations stay as they are")

    # --- the report

    def _report_run(self, run: ExtractionRun, file: str | None) -> None:
        changes = run_reports.changes_of(run)
        progress = run_reports.progress_of(run)
        report = {
            "run": str(run.uid),
            "address": address_of(run),
            "planned": progress.planned,
            "done": progress.done,
            "problems": run.problems,
            "articles_changed": run_reports.articles_changed(run),
            "changes": run_reports.counts_of(changes),
        }
        self._report(report, list(run_reports.rows_of(changes)) if file else [], file)

    def _report_nothing(self, selection: Selection, file: str | None) -> None:
        if file != _STDOUT:
            self.stdout.write(_nothing(selection))
        if file:
            self._write(_report_of_rows([], planned=0, done=0, problems=[]), [], file)

    def _report(self, report: dict[str, Any], rows: list[dict[str, Any]], file: str | None) -> None:
        if file != _STDOUT:
            self.stdout.write(_table(report))
        if file:
            self._write(report, rows, file)

    def _write(self, report: dict[str, Any], rows: list[dict[str, Any]], file: str) -> None:
        text = json.dumps({**report, "rows": rows}, indent=1, ensure_ascii=False)
        if file == _STDOUT:
            self.stdout.write(text)
        else:
            Path(file).write_text(text + "\n", encoding="utf-8")


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ArgumentTypeError(f"{given!r} is no day: write year-month-day, 2026-01-31") from None


def _check_writable(file: str | None) -> None:
    """Refuse a file that cannot be written before hours of work, not after."""
    if file is None or file == _STDOUT:
        return
    try:
        Path(file).open("a").close()
    except OSError as error:
        problem = f"{file}: cannot be written ({error.strerror}); give --json another file"
        raise CommandError(problem) from error


def _again(selection: Selection, options: dict[str, Any]) -> list[str]:
    """Return the arguments that choose the same in a process of its own."""
    command = ["extract_stored", "--workers", str(options["workers"])]
    command += [f"--outlet={name}" for name in selection.outlets]
    command += ["--article", *selection.articles] if selection.articles else []
    command += [f"--since={selection.since}"] if selection.since else []
    command += ["--all-versions"] if selection.all_versions else []
    return command + ([f"--json={options['json']}"] if options["json"] else [])


def _load_models(workers: int) -> None:
    """Load the models before anything is said to have begun; processes of their own load theirs."""
    try:
        if workers == 1:
            configured_extractor()("")
    except RuntimeError as error:  # ModelError, ParserLoadError
        raise CommandError(str(error)) from error


def _pending(selection: Selection, fingerprint: str) -> list[int]:
    return list(reextraction.pending(selection, fingerprint).values_list("pk", flat=True))


def _nothing(selection: Selection) -> str:
    count = selection.versions().count()
    return f"Nothing to do: of {count} chosen, all were read by the extractor of today"


def _problem(outcome: Outcome) -> dict[str, Any]:
    item = outcome.item
    return {"article": item.article, "version": item.number, "problem": outcome.problem}


def _report_of_rows(
    rows: list[dict[str, Any]], *, planned: int, done: int, problems: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the report of what no run has stored."""
    counts = Counter(row["kind"] for row in rows)
    changed = {(row["article"], row["version"]) for row in rows if row["kind"] != Change.Kind.KEPT}
    return {
        "run": None,
        "address": None,
        "planned": planned,
        "done": done,
        "problems": problems,
        "articles_changed": len(changed),
        "changes": {kind: counts[kind] for kind in Change.Kind.values},
    }


def _complain(failed: int) -> None:
    if failed:
        raise CommandError(f"{failed} could not be processed; the reasons are above")


def _table(report: dict[str, Any]) -> str:
    """Return the counts of a report in lines."""
    dry = report["run"] is None
    rows = [
        ("Articles read again", f"{report['done']} of {report['planned']}"),
        ("  that would change" if dry else "  that changed", report["articles_changed"]),
        *((f"  {Change.Kind(kind).label}", n) for kind, n in report["changes"].items()),
    ]
    rows.insert(2, ("Quotations", ""))
    lines = [f"{name:<28}{value:>8}".rstrip() for name, value in rows]
    return "\n".join([*lines, "Nothing was stored" if dry else report["address"]])


@contextmanager
def _terminable() -> Iterator[None]:
    """End on a polite request to end (SIGTERM) as on Ctrl-C."""

    def end(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
