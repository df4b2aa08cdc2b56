"""The extractor that the settings choose, and texts through it so that no text stops another.

In this process, or in several (`extract_groups`): what comes out is the same.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings

from quotes.nlp.document import Document
from quotes.nlp.workers import Workers
from quotes.params import DEFAULTS, WORKERS, Params

if TYPE_CHECKING:
    from quotes.nlp import Extractor

T = TypeVar("T")
R = TypeVar("R")


@cache
def configured_extractor() -> "Extractor":
    """Return the extractor of this process, with the Stanza package that the settings name.

    Imports PyTorch and Stanza on the first call; models load with the first text.
    """
    from quotes.nlp import Extractor  # noqa: PLC0415  costs seconds: only when texts are there

    return Extractor(*_models())


# Models serve one text at a time: a second thread would only slow the first.
_one_at_a_time = Lock()


class Busy(Exception):  # noqa: N818  said of the models, not of what was asked
    """The models read other texts, and have for as long as one waits."""


def extract_one(text: str, *, wait_s: float) -> Document:
    """Return what the models find in a text, storing nothing; waits its turn.

    Raises Busy after `wait_s` seconds, and ParseError if the text cannot be processed.
    """
    if not _one_at_a_time.acquire(timeout=wait_s):
        raise Busy(f"the models have read other texts for {wait_s} seconds")
    try:
        return configured_extractor()(text)
    finally:
        _one_at_a_time.release()


def _models() -> tuple[str, Path | None]:
    """Return the Stanza package that the settings name and where it is."""
    package = settings.STANZA_PACKAGE
    return package, settings.STANZA_DIR if package != "shipped" else None


def extract_groups(
    groups: Iterable[list[T]],
    texts_of: Callable[[list[T]], list[str]],
    finish: Callable[[Document], R],
    *,
    workers: int = 1,
) -> Iterator[tuple[list[T], list[R | Exception]]]:
    """Yield each group with what `finish` makes of its texts' documents, or a text's own error.

    In order, few groups ahead. With more than one of `workers`, in as many processes, `finish`
    too, so that it must be a module's function; a text whose process dies twice has an error.
    Models that cannot be loaded concern every text: that error is raised. A group without texts
    needs no models.
    """
    if workers == 1:
        for group in groups:
            texts = texts_of(group)
            yield group, _finished(configured_extractor(), finish, texts) if texts else []
        return
    ahead: deque[list[T]] = deque()

    def texts_ahead() -> Iterator[list[str]]:
        for group in groups:
            ahead.append(group)
            yield texts_of(group)

    make = partial(_finisher, *_models(), finish)
    with Workers[str, R](make, workers) as processes:
        for results in processes.run(texts_ahead()):
            yield ahead.popleft(), results


def _finisher(
    package: str, directory: Path | None, finish: Callable[[Document], R]
) -> Callable[[Sequence[str]], list[R | Exception]]:
    """Return the work of a worker process, models loaded."""
    from quotes.nlp import Extractor  # noqa: PLC0415  see configured_extractor

    extractor = Extractor(package, directory)
    extractor("")
    return partial(_finished, extractor, finish)


def _finished(
    extractor: "Extractor", finish: Callable[[Document], R], texts: Sequence[str]
) -> list[R | Exception]:
    found = extract_each(extractor, texts)
    return [doc if isinstance(doc, Exception) else finish(doc) for doc in found]


def with_quotations_only(doc: Document) -> Document:
    """Return `doc` without its parse, which is nearly all that there is to send of it."""
    update: dict[str, Any] = {"sentences": (), "entities": (), "done": doc.done - {"parse"}}
    return doc.model_copy(update=update)


def answer(doc: Document) -> dict[str, Any]:
    """Return what `manage.py extract` prints for the text, its id still to be filled in."""
    from quotes.nlp import as_json  # noqa: PLC0415  see configured_extractor

    return as_json(doc, None)


def extract_each(extractor: "Extractor", texts: Sequence[str]) -> Iterator[Document | Exception]:
    """Yield the document of each of `texts`, in order, or the error that this text alone raised.

    Models that cannot be loaded concern every text: that error is raised.
    """
    from quotes.nlp.encoder import ModelError  # noqa: PLC0415
    from quotes.nlp.stanza_packages import ParserLoadError  # noqa: PLC0415  see configured_extractor

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
    items: Iterable[T],
    length_chars: Callable[[T], int],
    *,
    workers: int = 1,
    params: Params = DEFAULTS,
) -> Iterator[list[T]]:
    """Yield `items` in groups fit to be extracted together: few, and not too much text at once."""
    limit = params.extract_batch_texts if workers == 1 else WORKERS.texts_together
    group: list[T] = []
    chars = 0
    for item in items:
        group.append(item)
        chars += length_chars(item)
        if len(group) >= limit or chars >= params.parse_batch_chars:
            yield group
            group, chars = [], 0
    if group:
        yield group
