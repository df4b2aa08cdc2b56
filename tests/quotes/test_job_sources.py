"""What an import reads: the same items under the same numbers, however often it is begun again."""

from itertools import islice
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes import job_sources
from quotes.ingest import Refusal
from quotes.job_sources import Spool, SpoolError
from quotes.models import Import
from tests import builders

ITEMS = [
    builders.source("Eins"),
    Refusal(origin="a", line=2, problem="is\tempty\n", remedy="give “words”"),
    builders.source("Zwei\t\n", url="https://example.org/2", raw=b""),
    builders.source("Drei", origin_id="7", id_scope="stream"),
    Refusal(origin="a", line=3, problem="is bad", remedy="mend it"),
]


@given(stops=st.lists(st.integers(0, 12), max_size=4), torn=st.integers(0, 40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_begun_again_wherever_it_stopped_it_yields_the_same(tmp_path, stops, torn):
    """Two sources, stopped after any number of items, the last line torn off at any byte."""
    path = tmp_path / f"{uuid4()}.tsv"

    def reading(spool):
        for source in (0, 1):
            yield from spool.through(source, lambda: iter(ITEMS))

    for stop in stops:
        spool = Spool(path)
        list(islice(reading(spool), stop))
        spool.close()
        if path.exists() and path.stat().st_size:
            whole = path.read_bytes()
            last = whole.rstrip(b"\n").rfind(b"\n") + 1
            path.write_bytes(whole[: max(last, len(whole) - torn)])
    spool = Spool(path)
    assert list(reading(spool)) == ITEMS + ITEMS
    spool.close()
    again = Spool(path)
    never = iter(lambda: pytest.fail("all is put aside"), None)
    for source in (0, 1):
        kept = list(again.through(source, lambda: never))
        assert kept == ITEMS
        assert [getattr(item, "id_scope", "") for item in kept][3] == "stream"


def test_what_comes_anew_is_added_and_what_is_known_is_not_repeated(tmp_path):
    first = Spool(tmp_path / "a")
    assert list(islice(first.through(0, lambda: iter(ITEMS)), 3)) == ITEMS[:3]
    first.close()
    new = builders.source("Neu")
    second = Spool(tmp_path / "a")
    assert list(second.through(0, lambda: iter([new, *ITEMS]))) == [*ITEMS[:3], new, *ITEMS[3:]]
    second.close()


def test_raw_bytes_survive(tmp_path):
    raw = bytes(range(256))
    digest = builders.sha256(raw).hexdigest()
    item = builders.source("Text", raw=raw, source_sha256=digest)
    spool = Spool(tmp_path / "a")
    list(spool.through(0, lambda: iter([item])))
    spool.close()
    (kept,) = Spool(tmp_path / "a").through(0, lambda: iter(()))
    assert kept.raw == raw


def test_a_disk_that_takes_nothing_is_no_refusal_of_an_article(tmp_path):
    (tmp_path / "file").write_text("")
    spool = Spool(tmp_path / "file" / "read.tsv")
    with pytest.raises(SpoolError, match="cannot be put aside"):
        list(spool.through(0, lambda: iter(ITEMS)))


def job(*sources: Path | str, **options) -> Import:
    return Import(
        uid=uuid4(),
        kind=Import.Kind.FILES,
        sources=[str(source) for source in sources],
        options=options,
    )


def test_bytes_grow_to_the_size_of_all_files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("He said no." * 10)
    (folder / "deep" / "b.jsonl").write_text('{"text": "She said yes."}\n' * 5)
    (folder / "none.png").write_bytes(b"x" * 1000)
    single = tmp_path / "c.txt"
    single.write_text("They said so.")
    one = job(folder, single)
    found = list(job_sources.numbered(one, is_resumed=False))
    assert [item.number for item in found] == list(range(1, 8))
    done = [item.bytes_done for item in found]
    assert done == sorted(done)
    assert done[-1] == job_sources.size_of(one) == 110 + 26 * 5 + 13


@pytest.mark.parametrize("sources", [["-"], ["https://example.org/a"], ["missing.txt"]])
def test_sizes_that_are_not_known(sources):
    assert job_sources.size_of(job(*sources)) is None


def test_relative_paths_lead_where_they_were_given(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("He said no.")
    monkeypatch.chdir(tmp_path)
    here = list(job_sources.numbered(job("a.txt", folder=str(tmp_path)), is_resumed=False))
    monkeypatch.chdir("/")
    there = list(job_sources.numbered(job("a.txt", folder=str(tmp_path)), is_resumed=True))
    assert here[0].item.text == there[0].item.text == "He said no."
    assert here[0].item.origin == "a.txt"


def test_only_the_command_reads_files_of_the_server(tmp_path):
    """An upload whose file is gone must not be looked for under its name."""
    path = tmp_path / "a.txt"
    path.write_text("He said no.")
    for kind in (Import.Kind.UPLOAD, Import.Kind.API, Import.Kind.ADDRESS):
        one = Import(uid=uuid4(), kind=kind, sources=[str(path), "-"])
        (found,) = job_sources.numbered(one, is_resumed=False)
        assert isinstance(found.item, Refusal)
        assert job_sources.is_gone(one)
