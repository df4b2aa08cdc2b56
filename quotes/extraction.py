"""The extractor that the settings choose, and texts through it so that no text stops another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from quotes.nlp.document import Document
from quotes.params import DEFAULTS, Params

if TYPE_CHECKING:
    from quotes.nlp import Extractor

T = TypeVar("T")


@cache
def configured_extractor() -> "Extractor":
    """Return the extractor of this process, with the Stanza package that the settings name.

    Imports PyTorch and Stanza on the first call; models load with the first text.
    """
    from quotes.nlp import Extractor  # noqa: PLC0415  costs seconds: only when texts are there

    package = settings.STANZA_PACKAGE
    return Extractor(package, settings.STANZA_DIR if package != "shipped" else None)


def extract_each(extractor: "Extractor", texts: Sequence[str]) -> Iterator[Document | Exception]:
    """Yield the document of each of `texts`, in order, or the error that this text alone raised.

    Models that cannot be loaded concern every text: that error is raised.
    """
    from quotes.nlp.parse import ParserLoadError  # noqa: PLC0415  see configured_extractor
    from quotes.nlp.encoder import ModelError  # noqa: PLC0415

    try:
        yield from list(extractor.batch(texts))
    except (ParserLoadError, ModelError):
        raise
    except Exception as error:  # noqa: BLE001  models raise errors of any kind
        if len(texts) == 1:
            yield error
            return
        for text in texts:
            yield from extract_each(extractor, [text])


def in_groups(
    items: Iterable[T], length_chars: Callable[[T], int], *, params: Params = DEFAULTS
) -> Iterator[list[T]]:
    """Yield `items` in groups fit to be extracted together: few, and not too much text at once."""
    group: list[T] = []
    chars = 0
    for item in items:
        group.append(item)
        chars += length_chars(item)
        if len(group) >= params.extract_batch_texts or chars >= params.parse_batch_chars:
            yield group
            group, chars = [], 0
    if group:
        yield group
