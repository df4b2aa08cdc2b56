"""Steps that run one after the other, once: commands with inputs, outputs and a record of each.

A step is done if its record has its command, its inputs' hashes and its outputs' hashes as they
are now; else it runs. What an interrupted step left behind is kept if its command and inputs are
still the same, so that commands which can resume do; else it is removed first.
"""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

TICK_S = 60.0
_MINUTE_S = 60.0
_LEAST_LEFT = 0.1
_STOP_S = 20.0


class StepError(RuntimeError):
    """A step failed, or its inputs are not there; the message names the step and the remedy."""


class Status(StrEnum):
    """What is to be done about a step."""

    DONE = "done"
    RESUME = "resume"
    RUN = "run"


@dataclass(frozen=True)
class Step:
    """One command. `minutes` are those of the reference machine.

    `inputs` and `outputs` are files or folders; `scratch` is a folder of the step's own that is
    emptied before a fresh start. `noted` are further words of the command that do not decide what
    it makes. `stdout` is the file for what the command prints. `progress` is a
    file of JSON lines with `minutes_left`, written as the command goes.
    """

    name: str
    command: tuple[str, ...]
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    minutes: float
    scratch: Path | None = None
    noted: tuple[str, ...] = ()
    stdout: Path | None = None
    progress: Path | None = None


def path_sha256(path: Path) -> str | None:
    """Return the hash of a file, or of a folder's files and names; None if nothing is there."""
    digest = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    if not path.is_dir():
        return None
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        digest.update(f"{file.relative_to(path).as_posix()}\0{path_sha256(file)}\n".encode())
    return digest.hexdigest()


def _hashes(paths: Iterable[Path]) -> dict[str, str | None]:
    return {str(path): path_sha256(path) for path in paths}


class Records:
    """What is known of the steps that ran, one JSON file each in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _file(self, step: Step) -> Path:
        return self._folder / f"{step.name}.json"

    def read(self, step: Step) -> dict[str, Any]:
        """Return the record of a step; empty if there is none that can be read."""
        try:
            found = json.loads(self._file(step).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, step: Step, **facts: Any) -> None:
        """Replace the record of a step; a crash while writing leaves the former one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._file(step).with_suffix(".partial")
        partial.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        partial.replace(self._file(step))

    def forget(self, step: Step) -> None:
        """Remove the record, so that the step runs afresh."""
        self._file(step).unlink(missing_ok=True)

    def minutes(self, step: Step) -> float | None:
        """Return how long the step took when it was last finished."""
        taken = self.read(step).get("minutes")
        return float(taken) if isinstance(taken, int | float) else None


def status(step: Step, records: Records) -> Status:
    """Return what is to be done about a step, by its record and what is there now."""
    record = records.read(step)
    same = record.get("command") == list(step.command)
    if not same or record.get("inputs") != _hashes(step.inputs):
        return Status.RUN
    outputs = record.get("outputs")
    if outputs is None:
        return Status.RESUME
    return Status.DONE if outputs == _hashes(step.outputs) else Status.RUN


class Clock:
    """How long is left: the reference machine's times, scaled by the pace seen so far."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._left = {step.name: step.minutes for step in steps}
        self._taken = self._expected = 0.0

    def finished(self, step: Step, minutes: float | None) -> None:
        """Count a step as over; `minutes` is how long it took, None if that says nothing."""
        if self._left.pop(step.name, None) is not None and minutes is not None:
            self._taken += minutes
            self._expected += step.minutes

    @property
    def pace(self) -> float:
        """How many times slower than the reference machine this one has been; 1 if unknown."""
        return self._taken / self._expected if self._expected and self._taken else 1.0

    def minutes_left(self, step: Step, spent: float, told: float | None = None) -> float:
        """Return the minutes left for `step`, of which `spent` are over, and all after it.

        `told` is what the step itself says is left of it.
        """
        others = sum(m for name, m in self._left.items() if name != step.name)
        expected = step.minutes * self.pace
        own = told if told is not None else max(expected - spent, _LEAST_LEFT * expected)
        return own + others * self.pace


def told_minutes(progress: Path | None) -> float | None:
    """Return the last `minutes_left` of a file of JSON lines, None if it has none."""
    if progress is None or not progress.is_file():
        return None
    for line in reversed(progress.read_text(encoding="utf-8").splitlines()):
        try:
            left = json.loads(line).get("minutes_left")
        except (ValueError, AttributeError):
            return None
        if left is not None:
            return float(left)
    return None


def shown_minutes(minutes: float) -> str:
    """Return a duration as people say it: "under a minute", "12 min", "2 h 05 min"."""
    whole = round(minutes)
    if whole < 1:
        return "under a minute"
    hours, rest = divmod(whole, 60)
    return f"{hours} h {rest:02d} min" if hours else f"{rest} min"


Runner = Callable[[Step, Callable[[float], None]], float]


def run_all(
    steps: Sequence[Step], records: Records, run: Runner, *, facts: dict[str, Any] | None = None
) -> list[str]:
    """Run what is not done, in order; return the names of the steps that ran.

    `run` runs one step, calls back with the minutes spent, and returns the minutes it took.
    `facts` go into each record. StepError if a step's input is missing or an output is not made.
    """
    clock, ran = _clock(steps, records), list[str]()
    for number, step in enumerate(steps, start=1):
        place = f"step {number} of {len(steps)}, {step.name}"
        todo = status(step, records)
        if todo is Status.DONE:
            logger.info("%s: done already", place)
            continue
        taken = _run_one(step, todo, records, run, _ticker(step, place, clock), facts or {})
        clock.finished(step, taken if todo is Status.RUN else None)
        logger.info("%s: took %s", place, shown_minutes(taken))
        ran.append(step.name)
    return ran


def _clock(steps: Sequence[Step], records: Records) -> Clock:
    """Return a clock that knows what is done already, and how long it took."""
    clock, todo = Clock(steps), planned(steps, records)
    for step in steps:
        if todo[step.name] is Status.DONE:
            clock.finished(step, records.minutes(step))
    return clock


def _ticker(step: Step, place: str, clock: Clock) -> Callable[[float], None]:
    def tick(spent: float) -> None:
        left = clock.minutes_left(step, spent, told_minutes(step.progress) if spent else None)
        logger.info("%s: %s gone, about %s left", place, shown_minutes(spent), shown_minutes(left))

    return tick


def _run_one(
    step: Step,
    todo: Status,
    records: Records,
    run: Runner,
    tick: Callable[[float], None],
    facts: dict[str, Any],
) -> float:
    inputs = _hashes(step.inputs)
    missing = [name for name, found in inputs.items() if found is None]
    if missing:
        raise StepError(f"{step.name}: {', '.join(missing)} is missing; see `corpora` and --help")
    if todo is Status.RUN and step.scratch is not None and step.scratch.exists():
        shutil.rmtree(step.scratch)
    record = {"command": list(step.command), "inputs": inputs, **facts}
    records.write(step, **record)
    tick(0.0)
    taken = run(step, tick)
    outputs = _hashes(step.outputs)
    unmade = [name for name, found in outputs.items() if found is None]
    if unmade:
        raise StepError(f"{step.name}: ended well, but {', '.join(unmade)} is not there")
    records.write(step, **record, outputs=outputs, minutes=round(taken, 2))
    return taken


def run_command(
    step: Step, tick: Callable[[float], None], *, folder: Path, environment: dict[str, str]
) -> float:
    """Run a step's command in `folder` to its end; return the minutes it took.

    StepError if it fails. If this process is interrupted, so is the command.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        output = None
        if step.stdout is not None:
            step.stdout.parent.mkdir(parents=True, exist_ok=True)
            partial = step.stdout.with_suffix(".partial")
            output = stack.enter_context(partial.open("wb"))
        child = subprocess.Popen(  # noqa: S603 - commands of this package
            (*step.command, *step.noted),
            cwd=folder,
            env={**os.environ, **environment},
            stdout=output,
        )
        code = _awaited(child, lambda: tick((time.monotonic() - began) / _MINUTE_S))
    if code:
        raise StepError(
            f"{step.name} ended with status {code}; its own message stands above. "
            "Put that right and give the same command again: it goes on from here"
        )
    if step.stdout is not None:
        step.stdout.with_suffix(".partial").replace(step.stdout)
    return (time.monotonic() - began) / _MINUTE_S


def _awaited(child: "subprocess.Popen[bytes]", tick: Callable[[], None]) -> int:
    try:
        while True:
            try:
                return child.wait(timeout=TICK_S)
            except subprocess.TimeoutExpired:
                tick()
    except BaseException:
        child.terminate()
        try:
            child.wait(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
        raise


def planned(steps: Sequence[Step], records: Records) -> dict[str, Status]:
    """Return what is to be done about each step, given that what runs changes its outputs."""
    todo: dict[str, Status] = {}
    changing: set[Path] = set()
    for step in steps:
        found = Status.RUN if changing & set(step.inputs) else status(step, records)
        todo[step.name] = found
        if found is not Status.DONE:
            changing |= set(step.outputs)
    return todo


def shown_plan(steps: Sequence[Step], records: Records) -> str:
    """Return the steps with what is to be done about each, and the time that all will take."""
    clock, todo = _clock(steps, records), planned(steps, records)
    lines: list[str] = []
    for number, step in enumerate(steps, start=1):
        expected = shown_minutes(step.minutes * clock.pace)
        lines.append(f"{number:>3}  {todo[step.name]:<8}{step.name:<24}{expected}")
        lines.append(f"{'':13}{' '.join(step.command)}")
    left = sum(step.minutes for step in steps if todo[step.name] is not Status.DONE)
    lines.append(f"about {shown_minutes(left * clock.pace)} left" if left else "everything is done")
    return "\n".join(lines)
