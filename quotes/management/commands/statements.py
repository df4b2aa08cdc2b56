"""`manage.py statements`: find the reports of one utterance among what has not been compared."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from quotes import statement_failures, statements
from quotes.models import Statement


class Command(BaseCommand):
    """Each few hundred quotations are a transaction, so it can be stopped and run again."""

    help = (
        "Compare the quotations that have not been compared yet, or are not as they were then, "
        "and find those that report one utterance. New articles are compared when they are stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option."""
        parser.add_argument(
            "--anew",
            action="store_true",
            help="forget all statements first, as after a change of the thresholds;"
            " they keep their addresses, and what people have decided stays",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Place one stretch of quotations after the other; count."""
        if options["anew"]:
            statements.forget_all()
        compared = 0
        with tqdm(total=statements.count_all(), unit=" quotations", disable=None) as progress:
            for read, placed in statements.place_all():
                progress.update(read)
                compared += placed
        found = Statement.objects.shown().count()
        self.stdout.write(f"Statements: {compared} quotations compared, {found} statements")
        if failed := statement_failures.uncompared().failed:
            self.stderr.write(
                f"Comparing failed on {failed} quotations, which are in no statement; the log says"
                " why. Mend that and run this again: it tries them again."
            )
