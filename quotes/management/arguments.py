"""Arguments that several commands share."""

from argparse import ArgumentTypeError

from django.core.management.base import CommandParser

from quotes.nlp.workers import available_cpus

_AUTOMATIC = ("0", "auto")


def add_workers(parser: CommandParser) -> None:
    """Add --workers N, 1 if it is not given."""
    parser.add_argument(
        "--workers",
        type=worker_count,
        default=1,
        metavar="N",
        help="processes that extract, each with the models in memory, about 1 GB; 0 or auto: one "
        "for each CPU that this process may use (default 1)",
    )


def worker_count(given: str) -> int:
    """Return how many processes `given` asks for; ArgumentTypeError if it is no such number."""
    if given in _AUTOMATIC:
        return available_cpus()
    if not given.isdecimal():
        raise ArgumentTypeError(f"{given!r} is no number of processes: give 1 or more, or auto")
    return int(given)
