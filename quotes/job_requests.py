"""What may be asked for when an import is begun, by a page or through the API."""

from collections.abc import Sequence

from quotes import fetching
from quotes.params import JOBS
from quotes.refusals import InputError

TYPES = [
    ("", "As it looks"),
    ("text/plain", "Plain text"),
    ("text/html", "HTML"),
    ("application/jsonl", "JSON lines"),
    ("application/json", "JSON (ninjs and JSON Feed too)"),
    ("application/rss+xml", "RSS or Atom"),
    ("application/vnd.iptc.g2.newsitem+xml", "NewsML-G2"),
    ("application/warc", "WARC"),
]


def checked_addresses(lines: Sequence[str], most: int = JOBS.addresses_most) -> list[str]:
    """Return the addresses in `lines`, each once, blank lines left out.

    Raises InputError for the first that may not be fetched, and for more than `most`.
    """
    found = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if len(found) > most:
        raise InputError(f"{len(found)} addresses are too many", f"give at most {most} at once")
    for address in found:
        try:
            fetching.check_address(address)
        except InputError as error:
            raise InputError(f"{address[:200]}: {error.problem}", error.remedy) from error
    return found
