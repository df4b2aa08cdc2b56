"""CPU time of each stage of an extractor, whatever its stages are.

Nothing here names a stage: what the extractor holds (its models) and what its module calls are
found by looking, and timed by themselves, without the stages that they call.
"""

import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any

LIBRARY = "quotes.nlp"
OTHER = "other"
# What stages are called by; finer methods would cost more to time than they take.
ENTRIES = ("__call__", "batch", "bulk_process", "process")


class Clock:
    """Seconds of CPU time by stage, each without what it spent in other stages."""

    def __init__(self, now: Callable[[], float] = time.process_time) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._now = now
        self._running: list[str] = []
        self._since = now()

    def _charge(self) -> None:
        now = self._now()
        self.spent[self._running[-1] if self._running else OTHER] += now - self._since
        self._since = now

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Charge the time until the end of the block to `name`."""
        self._charge()
        self._running.append(name)
        try:
            yield
        finally:
            self._charge()
            self._running.pop()

    def take(self) -> dict[str, float]:
        """Return what was spent since the last call, and start anew."""
        self._charge()
        spent, self.spent = dict(self.spent), defaultdict(float)
        return spent

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function`, charging its time to `name`; a generator's while it works."""
        if inspect.isgeneratorfunction(function):

            def generator(*args: Any, **kwargs: Any) -> Iterator[Any]:
                items = function(*args, **kwargs)
                while True:
                    with self.stage(name):
                        try:
                            item = next(items)
                        except StopIteration:
                            return
                    yield item

            return generator

        def call(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name):
                return function(*args, **kwargs)

        return call


@contextmanager
def timed_stages(extractor: Any) -> Iterator[Clock]:
    """Give a clock of the stages of `extractor`, which must have run once, to have its models.

    Stages are the library's own objects that it holds, Stanza's processors inside them, and the
    library's functions that its module has imported.
    """
    clock = Clock()
    changed: list[tuple[Any, str, Any]] = []
    try:
        for name, owner, attribute in stages(extractor):
            original = inspect.getattr_static(owner, attribute)
            if (owner, attribute) in {(o, a) for o, a, _ in changed}:
                continue
            changed.append((owner, attribute, original))
            setattr(owner, attribute, clock.timed(name, original))
        yield clock
    finally:
        for owner, attribute, original in changed:
            setattr(owner, attribute, original)


def stages(extractor: Any) -> Iterator[tuple[str, Any, str]]:
    """Yield (stage, owner, attribute) of every callable that is a stage's entry."""
    for name, held in vars(extractor).items():
        if type(held).__module__.startswith(LIBRARY):
            yield from _entries(name.lstrip("_"), type(held))
            yield from _processors(name.lstrip("_"), held)
    module = inspect.getmodule(type(extractor))
    for name, value in list(vars(module).items()) if isinstance(module, ModuleType) else ():
        own = isinstance(value, FunctionType) and value.__module__ != module.__name__
        if own and value.__module__.startswith(LIBRARY):
            yield value.__module__.rpartition(".")[2], module, name


def _entries(stage: str, kind: type) -> Iterator[tuple[str, Any, str]]:
    for attribute in ENTRIES:
        if isinstance(vars(kind).get(attribute), FunctionType):
            yield stage, kind, attribute


def _processors(stage: str, held: Any) -> Iterator[tuple[str, Any, str]]:
    """Yield the processors of every Stanza pipeline that `held` keeps."""
    for value in vars(held).values() if hasattr(held, "__dict__") else ():
        processors = getattr(value, "processors", None)
        if isinstance(processors, dict):
            for name, processor in processors.items():
                yield from _entries(f"{stage}: {name}", type(processor))
