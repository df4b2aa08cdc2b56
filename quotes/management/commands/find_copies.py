"""`manage.py find_copies`: place the texts that were stored before copies were looked for."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from quotes import copies
from quotes.models import CopyGroup


class Command(BaseCommand):
    """Each text is a transaction of its own, so it can be stopped and run again."""

    help = (
        "Find copies of one text in several articles, as of a wire story, among the texts that "
        "have not been compared yet. New articles are compared when they are stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option."""
        parser.add_argument(
            "--again",
            action="store_true",
            help="forget all groups first, as after a change of the thresholds",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Place one text after the other; count."""
        if options["again"]:
            copies.forget_all()
        pending = copies.unplaced()
        placed = 0
        for text in tqdm(pending.iterator(200), total=pending.count(), unit=" texts", disable=None):
            copies.place_stored(text)
            placed += 1
        groups = CopyGroup.objects.count()
        self.stdout.write(f"Copies: {placed} texts, {groups} groups")
