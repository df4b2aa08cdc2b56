"""`manage.py import_speakers`: take known people and institutions from CSV or Wikidata JSON."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from quotes import importing
from quotes.nlp.document import SpeakerKind
from quotes.refusals import Refusal
from quotes.speaker_files import Entry, read

_KINDS = [kind.value for kind in SpeakerKind if kind is not SpeakerKind.ANONYMOUS]


class Command(BaseCommand):
    """Stores 200 speakers a transaction, so it can be stopped and run again.

    CommandError, so exit status 1, at the end if anything was refused.
    """

    help = (
        "Take speakers with their names and Wikidata identifiers from CSV (name, kind, aliases "
        "separated by |, wikidata_id, description) or JSON (SPARQL results, Wikidata entities). "
        "Nothing that is stored is replaced, and taking a file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add PATH… and the kind of speakers that say none."""
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
        parser.add_argument(
            "--kind", choices=_KINDS, default="organisation", help="where the file gives none"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Read, store, count."""
        self.counts: Counter[str] = Counter()
        for done in importing.store(self._entries(options)):
            if isinstance(done, Refusal):
                self._refuse(done)
            else:
                self.counts[done[1]] += 1
        kinds = ("new", "named", "known", "refused")
        self.stdout.write("Speakers: " + ", ".join(f"{self.counts[kind]} {kind}" for kind in kinds))
        if self.counts["refused"]:
            raise CommandError(f"{self.counts['refused']} refused; the reasons are above")

    def _entries(self, options: dict[str, Any]) -> Iterator[Entry]:
        """Yield what can be taken; note what is refused."""
        kind = SpeakerKind(options["kind"])
        found = (item for path in options["paths"] for item in read(path, kind=kind))
        for item in tqdm(found, unit=" speakers", disable=None):
            if isinstance(item, Refusal):
                self._refuse(item)
            else:
                yield item

    def _refuse(self, refusal: Refusal) -> None:
        self.counts["refused"] += 1
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(str(refusal))
