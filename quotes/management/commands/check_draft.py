"""`manage.py check_draft`: the quotations of a draft against the archive, as a table."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quotes import draft_reading, drafts
from quotes.draft_judging import STATUS_SYMBOLS, STATUS_WORDS, WRONG, Status
from quotes.draft_texts import read_draft
from quotes.drafts import Checked, Report
from quotes.ingest import STDIN
from quotes.models import Quotation
from quotes.params import CHECKING
from quotes.refusals import InputError

_WORDS_CHARS = 60


class Command(BaseCommand):
    """Prints a line a quotation. CommandError, so exit status 1, if one is wrong.

    Wrong are altered words, words of another speaker, and an article's own wording in marks.
    """

    help = (
        "Check a draft (DOCX, HTML, Markdown, plain text): look each of its quotations up, print "
        "whether it is verbatim, altered, somebody else’s, or not found. Stores nothing. Ends with "
        "status 1 if one is altered, somebody else’s, or an article’s own wording in marks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add FILE and the options."""
        parser.add_argument("file", metavar="FILE", help="the draft; - is stdin")
        parser.add_argument(
            "--strict", action="store_true", help="status 1 also for what is not found"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Read, check, print, count."""
        name: str = options["file"]
        try:
            data = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
            draft = read_draft(data, name)
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}; give a draft’s file") from error
        except InputError as error:
            raise CommandError(f"{name}: {error}") from error
        report = drafts.check(draft.text, draft_reading.read(draft.text), Quotation.objects.all())
        for item in report.items:
            self.stdout.write(_line(draft.text, item))
        self.stderr.write(_summary(report))
        wrong = WRONG | ({Status.NOT_FOUND} if options["strict"] else set())
        if count := sum(item.status in wrong for item in report.items):
            are = "is" if count == 1 else "are"
            raise CommandError(f"{name}: {count} of {len(report.items)} quotations {are} wrong")


def _line(text: str, item: Checked) -> str:
    """Return number, line of the draft, status, whom it names, words, and the archive's."""
    words = " ".join(item.words.split())
    named = item.quotation.speaker.name if item.quotation.speaker else "-"
    cells = [
        str(item.quotation.number),
        f"line {text.count(chr(10), 0, item.quotation.start) + 1}",
        f"{STATUS_SYMBOLS[item.status]} {STATUS_WORDS[item.status]}",
        named,
        words if len(words) <= _WORDS_CHARS else f"{words[: _WORDS_CHARS - 1]}…",
    ]
    if item.source is not None:
        row = item.source.quotation
        theirs = " ".join(item.source.words.split())
        who = row.speaker.name if row.speaker else row.speaker_name or "-"
        cells += [f"{who}: {theirs}" if item.status in WRONG else who, f"/q/{row.uid}"]
    return "\t".join(cells)


def _summary(report: Report) -> str:
    """Return how many have which status, and what was not read or not checked."""
    counts = [f"{count} {STATUS_WORDS[s].lower()}" for s, count in report.counts.items() if count]
    words = ", ".join(counts) or "no quotations"
    unread = len(report.text) - report.read_to
    if unread > 0:
        words += f"; the last {unread} characters were read without their speakers"
    if len(report.items) > CHECKING.quotations_most:
        words += f"; at most {CHECKING.quotations_most} are checked"
    return words
