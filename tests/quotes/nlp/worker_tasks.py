"""Light work for worker processes: items that say what shall become of them. Quick to import."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from quotes.extraction import answer
from quotes.nlp import Document


class OddError(Exception):
    """An error that cannot be made again from its arguments, as pickle tries."""

    def __init__(self, message: str, *, place: int) -> None:
        super().__init__(message)
        self.place = place


def one(item: str) -> Any:
    """Do what the item says, as work on a text might."""
    match item.partition(" "):
        case ("fail", _, _):
            return ValueError(item)
        case ("odd", _, _):
            return OddError(item, place=1)
        case ("raise", _, _):
            raise ValueError(item)
        case ("kill", _, _):
            os.kill(os.getpid(), signal.SIGKILL)
        case ("exit", _, _):
            os._exit(3)
        case ("kill-once", _, mark):
            if not Path(mark).exists():
                Path(mark).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        case ("sleep", _, seconds):
            time.sleep(float(seconds))
        case ("pid", _, _):
            return os.getpid()
        case ("big", _, size):
            return "x" * int(size)
        case ("unsendable", _, _):
            return lambda: None
    return item.upper()


def work(items: Sequence[str]) -> list[Any]:
    return [one(item) for item in items]


def make() -> Callable[[Sequence[str]], list[Any]]:
    return work


def make_nothing() -> Callable[[Sequence[str]], list[Any]]:
    raise FileNotFoundError("model.onnx: missing; restore it")


def make_and_die() -> Callable[[Sequence[str]], list[Any]]:
    os.kill(os.getpid(), signal.SIGKILL)
    return work


def make_noting(folder: Path) -> Callable[[Sequence[str]], list[Any]]:
    (folder / str(os.getpid())).touch()
    return work


def answer_or_die(doc: Document) -> dict[str, Any]:
    """Do what `extract` does of a document, but of some kill the process that is about it."""
    if "lethal" in doc.text:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer(doc)
