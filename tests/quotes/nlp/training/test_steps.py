"""Steps in order, each once: what is skipped, resumed and run again; time left. Real commands."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.training import steps
from quotes.nlp.training.steps import (
    Clock,
    Records,
    Status,
    Step,
    StepError,
    path_sha256,
    planned,
    run_all,
    run_command,
    shown_minutes,
    shown_plan,
    status,
    told_minutes,
)

# Appends its input to its output's folder's log, so that a second run would show.
COPY = (
    "import pathlib, sys; a, b = map(pathlib.Path, sys.argv[1:]); b.parent.mkdir(exist_ok=True);"
    " b.write_text(a.read_text() + '!'); log = b.parent / 'runs'; "
    "log.write_text((log.read_text() if log.exists() else '') + 'x')"
)


def copying(name: str, source: Path, target: Path, *, minutes: float = 1.0) -> Step:
    command = (sys.executable, "-c", COPY, str(source), str(target))
    return Step(name, command, (source,), (target,), minutes, scratch=target.parent)


@pytest.fixture
def chain(tmp_path: Path) -> list[Step]:
    """Two steps, the second on what the first makes."""
    source = tmp_path / "corpus"
    source.write_text("text")
    first = copying("first", source, tmp_path / "one" / "out")
    return [first, copying("second", first.outputs[0], tmp_path / "two" / "out")]


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records")


def done(chain: list[Step], records: Records, tmp_path: Path) -> list[str]:
    run = partial(run_command, folder=tmp_path, environment={})
    return run_all(chain, records, run, facts={"code": "abc"})


def test_steps_run_once_in_order(chain: list[Step], records: Records, tmp_path: Path) -> None:
    assert done(chain, records, tmp_path) == ["first", "second"]
    assert chain[1].outputs[0].read_text() == "text!!"
    assert done(chain, records, tmp_path) == []
    assert records.read(chain[0])["code"] == "abc"
    assert shown_plan(chain, records).endswith("everything is done")


@pytest.mark.parametrize("name", ["corpus", "one/out"])
def test_a_changed_file_runs_what_depends_on_it(
    chain: list[Step], records: Records, tmp_path: Path, name: str
) -> None:
    done(chain, records, tmp_path)
    (tmp_path / name).write_text("other")
    assert planned(chain, records) == {"first": Status.RUN, "second": Status.RUN}
    ran = done(chain, records, tmp_path)
    # Where the first makes the same again, there is nothing for the second to do.
    assert ran == (["first", "second"] if name == "corpus" else ["first"])
    assert done(chain, records, tmp_path) == []


def test_other_options_run_again_and_start_from_nothing(
    chain: list[Step], records: Records, tmp_path: Path
) -> None:
    done(chain, records, tmp_path)
    first = chain[0]
    changed = Step("first", (*first.command[:2], COPY.replace("!", "?"), *first.command[3:]),
                   first.inputs, first.outputs, 1.0, scratch=first.scratch)  # fmt: skip
    assert done([changed, chain[1]], records, tmp_path) == ["first", "second"]
    assert (tmp_path / "one" / "runs").read_text() == "x"


def test_what_is_noted_does_not_decide(chain: list[Step], records: Records, tmp_path: Path) -> None:
    source, out = chain[0].inputs[0], tmp_path / "words"
    command = (sys.executable, "-c", "import sys; print(sys.argv[1])")
    steps_of = {
        word: Step("noted", command, (source,), (out,), 1.0, noted=(word,), stdout=out)
        for word in ("one", "two")
    }
    assert done([steps_of["one"]], records, tmp_path) == ["noted"]
    assert out.read_text() == "one\n"
    assert done([steps_of["two"]], records, tmp_path) == []


def test_forgotten_steps_run_again(chain: list[Step], records: Records, tmp_path: Path) -> None:
    done(chain, records, tmp_path)
    records.forget(chain[1])
    assert done(chain, records, tmp_path) == ["second"]


def test_an_interrupted_step_keeps_what_it_left(
    chain: list[Step], records: Records, tmp_path: Path
) -> None:
    # The record of a step that was begun with these inputs, and half of its work.
    inputs = {str(path): path_sha256(path) for path in chain[0].inputs}
    records.write(chain[0], command=list(chain[0].command), inputs=inputs)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "runs").write_text("half")
    assert status(chain[0], records) is Status.RESUME
    done(chain, records, tmp_path)
    assert (tmp_path / "one" / "runs").read_text() == "halfx"


def test_what_was_begun_with_other_inputs_is_not_continued(
    chain: list[Step], records: Records, tmp_path: Path
) -> None:
    records.write(chain[0], command=list(chain[0].command), inputs={"corpus": "other"})
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "runs").write_text("half")
    done(chain, records, tmp_path)
    assert (tmp_path / "one" / "runs").read_text() == "x"


@pytest.mark.parametrize(
    ("source", "target", "code", "message"),
    [
        ("nothing", "one/out", COPY, "first: .*nothing is missing; see `corpora`"),
        ("corpus", "one/out", "raise SystemExit(3)", "first ended with status 3.*goes on from"),
        ("corpus", "one/out", "pass", "ended well, but .*out is not there"),
    ],
)
def test_failures_name_the_step_and_stop(  # noqa: PLR0913, PLR0917 - a table's columns
    chain: list[Step],
    records: Records,
    tmp_path: Path,
    source: str,
    target: str,
    code: str,
    message: str,
) -> None:
    paths = tmp_path / source, tmp_path / target
    broken = Step("first", (sys.executable, "-c", code, *map(str, paths)), (paths[0],),
                  (paths[1],), 1.0)  # fmt: skip
    with pytest.raises(StepError, match=message):
        done([broken, chain[1]], records, tmp_path)
    assert not chain[1].outputs[0].exists()
    assert status(broken, records) is not Status.DONE


def test_a_damaged_record_is_none(chain: list[Step], records: Records, tmp_path: Path) -> None:
    done(chain, records, tmp_path)
    (tmp_path / "records" / "first.json").write_text("{")
    assert status(chain[0], records) is Status.RUN


def test_an_interruption_ends_the_command_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "TICK_S", 0.05)
    began = tmp_path / "pid"
    sleeping = (
        f"import os, pathlib, time; pathlib.Path({str(began)!r}).write_text(str(os.getpid()))"
    )
    step = Step("long", (sys.executable, "-c", f"{sleeping}; time.sleep(600)"), (), (), 1.0)

    def tick(_: float) -> None:
        if began.exists() and began.read_text():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_command(step, tick, folder=tmp_path, environment={})
    with pytest.raises(ProcessLookupError):
        os.kill(int(began.read_text()), signal.SIGCONT)


def test_progress_says_which_step_and_how_long(
    chain: list[Step], records: Records, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        done(chain, records, tmp_path)
    said = "\n".join(caplog.messages)
    assert "step 1 of 2, first: under a minute gone, about 2 min left" in said
    assert "step 2 of 2, second: took under a minute" in said


def test_what_is_done_is_not_counted_as_left(
    chain: list[Step], records: Records, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done(chain, records, tmp_path)
    records.forget(chain[0])
    with caplog.at_level(logging.INFO):
        assert done(chain, records, tmp_path) == ["first"]
    # The second is expected to run again, for its input is made again; then it need not.
    assert "step 1 of 2, first: under a minute gone, about 2 min left" in caplog.messages
    assert "step 2 of 2, second: done already" in caplog.messages
    records.write(chain[0], **{**records.read(chain[0]), "minutes": 3.0})
    records.forget(chain[1])
    caplog.clear()
    with caplog.at_level(logging.INFO):
        done(chain, records, tmp_path)
    (told,) = [said for said in caplog.messages if "gone" in said]
    assert told == "step 2 of 2, second: under a minute gone, about 3 min left"


def plain_steps(*minutes: float) -> list[Step]:
    return [Step(str(number), (), (), (), value) for number, value in enumerate(minutes)]


def test_time_left_is_scaled_by_the_pace_seen() -> None:
    one, two, three = plain_steps(10, 20, 30)
    clock = Clock([one, two, three])
    assert clock.minutes_left(one, 0) == 60
    clock.finished(one, 20)
    assert clock.pace == 2
    assert clock.minutes_left(two, 10) == 30 + 60
    assert clock.minutes_left(two, 10, told=5) == 5 + 60
    # A step that takes longer than it should is never said to be over.
    assert clock.minutes_left(two, 1000) == 4 + 60


@given(
    st.lists(st.tuples(st.floats(0.1, 500), st.floats(0.01, 5000)), min_size=1, max_size=8),
    st.floats(0, 1e4),
)
def test_time_left_is_never_negative_and_falls_as_steps_end(
    taken: list[tuple[float, float]], spent: float
) -> None:
    chain = plain_steps(*(expected for expected, _ in taken), 5.0)
    clock = Clock(chain)
    for step, (_, minutes) in zip(chain, taken, strict=False):
        assert clock.minutes_left(step, spent) > 0
        before = clock.minutes_left(chain[-1], 0.0) / clock.pace
        clock.finished(step, minutes)
        assert clock.minutes_left(chain[-1], 0.0) / clock.pace < before


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (None, None),
        ([], None),
        ([{"recipe": 1}], None),
        ([{"minutes_left": 90}, {"minutes_left": 80}, {"dev": 1}], 80.0),
    ],
)
def test_a_step_may_say_itself_what_is_left(
    tmp_path: Path, lines: list[dict[str, int]] | None, told: float | None
) -> None:
    log = tmp_path / "log.jsonl"
    if lines is not None:
        log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert told_minutes(log) == told


def test_a_half_written_line_of_progress_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"minutes_left": 3}\n{"minut')
    assert told_minutes(tmp_path / "log.jsonl") is None


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0.2, "under a minute"), (1, "1 min"), (59.6, "1 h 00 min"), (125, "2 h 05 min")],
)
def test_durations_as_people_say_them(minutes: float, shown: str) -> None:
    assert shown_minutes(minutes) == shown


def test_a_folder_is_known_by_its_files(tmp_path: Path) -> None:
    assert path_sha256(tmp_path / "none") is None
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_text("x")
    before = path_sha256(tmp_path)
    (tmp_path / "sub" / "a").rename(tmp_path / "sub" / "b")
    assert path_sha256(tmp_path) not in (before, None)


def test_the_whole_command_is_interrupted_and_goes_on(tmp_path: Path) -> None:
    """Stop a run from outside, as a user does, and give the same command again."""
    script = tmp_path / "run.py"
    script.write_text(
        "import sys\nfrom functools import partial\nfrom pathlib import Path\n"
        "from quotes.nlp.training.steps import *\n"
        "here = Path(sys.argv[1])\n"
        "code = 'import pathlib, sys, time; p = pathlib.Path(sys.argv[1]); '\\\n"
        "       'again = p.exists(); p.write_text(\"begun\"); time.sleep(not again and 600); '\\\n"
        "       'pathlib.Path(sys.argv[2]).write_text(\"done\")'\n"
        "step = Step('slow', (sys.executable, '-c', code, str(here / 'w' / 'mark'),"
        " str(here / 'w' / 'out')), (), (here / 'w' / 'out',), 1.0, scratch=here / 'w')\n"
        "(here / 'w').mkdir(exist_ok=True)\n"
        "def run(step, tick):\n"
        "    (here / 'w').mkdir(exist_ok=True)\n"
        "    return run_command(step, tick, folder=here, environment={})\n"
        "run_all([step], Records(here / 'records'), run)\n"
    )
    command = [sys.executable, str(script), str(tmp_path)]
    root = str(Path(__file__).parents[4])
    environment = {**os.environ, "PYTHONPATH": root}
    first = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603
    mark = tmp_path / "w" / "mark"
    until = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.05)
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=60) != 0
    assert not (tmp_path / "w" / "out").exists()
    assert subprocess.run(command, env=environment, check=False).returncode == 0  # noqa: S603
    assert (tmp_path / "w" / "out").read_text() == "done"
