"""`manage.py extract`: JSON lines of articles in, JSON lines of their quotations out."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from quotes.extraction import answer, extract_groups, in_groups
from quotes.ingest import STDIN, InputError, Refusal, article_text, json_lines
from quotes.management.arguments import add_workers

_INTERRUPTED = 130


class Article(NamedTuple):
    """A line's id, as it was given, its text, and where it stands."""

    id: Any
    text: str
    origin: str
    line: int


class Command(BaseCommand):
    """Writes one line an article, in the order of the input, holding few in memory.

    CommandError, so exit status 1, at the end if any line was refused.
    """

    help = (
        'Read JSON lines {"id": …, "text": …} and write one JSON line of quotations an article. '
        "Stores nothing. Offsets are code points into the given text."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add FILE… and the options."""
        parser.add_argument(
            "files", nargs="*", default=[STDIN], metavar="FILE", help="JSON lines; - is stdin"
        )
        add_workers(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Extract, report, count."""
        self.refused = 0
        workers: int = options["workers"]
        articles = self._articles(options["files"])
        groups = in_groups(articles, lambda article: len(article.text), workers=workers)
        try:
            for group, found in extract_groups(groups, _texts, answer, workers=workers):
                self._write(group, found)
        except BrokenPipeError:
            # The reader has enough. Python would complain again when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        except KeyboardInterrupt as error:
            raise CommandError("interrupted", returncode=_INTERRUPTED) from error
        if self.refused:
            raise CommandError(f"{self.refused} refused; the reasons are above")

    def _articles(self, files: Iterable[str]) -> Iterator[Article]:
        lines = (line for name in files for line in self._lines(name))
        return iter(tqdm(lines, unit=" articles", disable=None))

    def _lines(self, name: str) -> Iterator[Article]:
        try:
            with sys.stdin.buffer if name == STDIN else Path(name).open("rb") as file:
                for line in json_lines(file, name):
                    if isinstance(line, Refusal):
                        self._refuse(line)
                        continue
                    try:
                        text = article_text(line.fields, allow_empty=True)
                    except InputError as error:
                        self._refuse(error.refusal(name, line.number))
                        continue
                    yield Article(line.fields.get("id"), text, name, line.number)
        except OSError as error:
            problem = f"cannot be read ({error.strerror or error})"
            self._refuse(Refusal(origin=name, problem=problem, remedy="check the path"))

    def _write(self, group: list[Article], found: list[dict[str, Any] | Exception]) -> None:
        for article, result in zip(group, found, strict=True):
            if isinstance(result, dict):
                self.stdout.write(json.dumps({**result, "id": article.id}))
                continue
            problem = f"could not be processed ({result})"
            remedy = "check the text; the other articles are not affected"
            self._refuse(
                Refusal(origin=article.origin, line=article.line, problem=problem, remedy=remedy)
            )
        self.stdout.flush()

    def _refuse(self, refusal: Refusal) -> None:
        self.refused += 1
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(str(refusal))


def _texts(group: list[Article]) -> list[str]:
    return [article.text for article in group]
