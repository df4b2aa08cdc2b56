"""Archives: members in order, broken ones named, none of them able to do harm."""

import gzip
import io
import stat
import zipfile
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.ingest import Refusal, SourceText, read, read_stream
from quotes.params import Params, ReadingParams

SMALL = Params(max_input_bytes=20_000)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


class Forwards(io.RawIOBase):
    """A stream as from a socket: it cannot go back, and gives less than it is asked for."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self._file.read(min(len(buffer), 7))
        buffer[: len(data)] = data
        return len(data)


def items(data: bytes, name: str = "a.zip", **how) -> list:
    return list(read_stream(io.BytesIO(data), name, **{"params": SMALL, **how}))


def shown(found: list) -> list[str]:
    return [one.text if isinstance(one, SourceText) else str(one) for one in found]


NESTED = zipped(
    ("b/two.txt", "Two."),
    ("a.jsonl", '{"text": "One.", "url": "https://example.org/1"}\nbad\n'),
    ("b/inner.zip", zipped(("three.txt.gz", gzip.compress(b"Three.")))),
    ("b/c/four.html", "<html><body><article><p>Four, he said.</p></article></body></html>"),
    (".hidden/no.txt", "No."),
    ("__MACOSX/no.txt", "No."),
    ("picture.png", b"\x89PNG"),
    ("b/", ""),
)


def test_members_are_read_in_the_order_of_their_names():
    found = items(NESTED)
    assert [one.text for one in found if isinstance(one, SourceText)] == [
        "One.",
        "Four, he said.",
        "Three.",
        "Two.",
    ]
    assert str(found[1]).startswith("a.zip/a.jsonl:2: is not JSON")
    origins = [one.origin for one in found]
    assert origins[3] == "a.zip/b/inner.zip/three.txt.gz"
    assert found[0].identity == "url:https://example.org/1"
    assert found[2].raw.startswith(b"<html>")


@pytest.mark.parametrize("opened", [io.BytesIO, lambda data: io.BufferedReader(Forwards(data))])
def test_every_stream_gives_the_same_twice(opened):
    first, second = (list(read_stream(opened(NESTED), "a.zip")) for _ in range(2))
    assert shown(first) == shown(second) == shown(items(NESTED))


def test_a_zip_among_files(tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped(("a.jsonl", '{"id": 1, "text": "A."}')))
    (item,) = read([tmp_path])
    assert item.origin == f"{tmp_path}/x.zip/a.jsonl"
    assert item.identity == f"id:{tmp_path}/x.zip/a.jsonl:1"


HEX = "".join(sha256(bytes([i % 256, i // 256])).hexdigest() for i in range(400))


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted(data: bytes) -> bytes:
    """Set the flag of encryption in both headers of the one member."""
    local, central = data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8
    changed = bytearray(data)
    changed[local] |= 1
    changed[central] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("data", "origin", "problem"),
    [
        pytest.param(zipped(("../x.txt", "x")), "a.zip/../x.txt", "leads out", id="up"),
        pytest.param(zipped(("/etc/x.txt", "x")), "a.zip//etc/x.txt", "leads out", id="absolute"),
        pytest.param(zipped((link(), "/etc/passwd")), "a.zip/link.txt", "is a link", id="link"),
        pytest.param(
            encrypted(zipped(("x.txt", "x"))), "a.zip/x.txt", "is encrypted", id="encrypted"
        ),
        pytest.param(
            zipped(("x.jsonl", b"\n" * 9_000_000)), "a.zip/x.jsonl", "over 200 times", id="bomb"
        ),
        pytest.param(zipped(("x.txt", HEX)), "a.zip/x.txt", "too large", id="large"),
        pytest.param(zipped(("x.png", b"a")), "a.zip", "no file of a known type", id="nothing"),
        pytest.param(zipped(), "a.zip", "no file of a known type", id="empty"),
        pytest.param(zipped(("x.txt", "x"))[:-30], "a.zip", "broken zip", id="cut"),
        pytest.param(
            zipped(("[Content_Types].xml", "x"), ("word/document.xml", "x")),
            "a.zip",
            "an Office document",
            id="docx",
        ),
    ],
)
def test_what_cannot_be_read_is_named(data, origin, problem):
    (refusal,) = items(data)
    assert isinstance(refusal, Refusal)
    assert (refusal.origin, problem in refusal.problem) == (origin, True), refusal
    assert refusal.remedy


def test_a_bomb_stops_no_other_member():
    bomb = ("a.jsonl", b"\n" * 9_000_000)
    found = items(zipped(bomb, ("b.txt", "After.")))
    assert "over 200 times" in found[0].problem
    assert found[1].text == "After."


def test_a_member_with_a_wrong_checksum_is_refused():
    data = bytearray(zipped(("x.txt", "Said she."), ("y.txt", "And he.")))
    data[data.index(b"PK\x03\x04") + 30 + len("x.txt")] ^= 0xFF
    found = items(bytes(data))
    assert "broken in its archive" in found[0].problem
    assert found[1].text == "And he."


@pytest.mark.parametrize(("depth", "is_read"), [(3, True), (4, False)])
def test_archives_in_archives_end(depth, is_read):
    data = b"Deep."
    for _ in range(depth):
        data = gzip.compress(data)
    (item,) = items(data, "deep.txt")
    assert isinstance(item, SourceText) is is_read
    assert is_read or "packed more than 3 times" in item.problem


def test_limits_of_archives():
    limits = ReadingParams(max_archive_members=2, max_archive_bytes=100)
    (refusal,) = items(NESTED, limits=limits)
    assert "too many members (8)" in refusal.problem
    (refusal,) = read_stream(io.BufferedReader(Forwards(NESTED)), "a.zip", limits=limits)
    assert "over 100 bytes" in refusal.problem
    assert refusal.remedy == "split it into smaller ones"


# --- gzip


def test_what_stands_before_the_break_of_a_gzip_is_read():
    said = (sha256(str(i).encode()).hexdigest() for i in range(2000))  # it does not pack well
    lines = [f'{{"id": {i}, "text": "Said {words}."}}\n' for i, words in enumerate(said)]
    packed = gzip.compress("".join(lines).encode())
    found = items(packed[: len(packed) // 2], "a.jsonl.gz", params=Params())
    assert len(found) > 500
    assert all(isinstance(one, SourceText) for one in found[:-1])
    assert "broken as gzip" in found[-1].problem
    assert [one.origin_id for one in found[:-1]] == [str(i) for i in range(len(found) - 1)]


def test_a_suffix_in_capitals_is_one():
    (item,) = items(gzip.compress(b'{"text": "Said."}'), "A.JSONL.GZ")
    assert (item.text, item.origin) == ("Said.", "A.JSONL.GZ")


def test_a_cut_text_is_refused_for_it_is_not_the_article():
    (refusal,) = items(gzip.compress(ENGLISH)[:-9], "a.txt.gz")
    assert "broken as gzip" in refusal.problem


def test_a_gzip_bomb_ends():
    (refusal,) = items(gzip.compress(b"\n" * 9_000_000), "a.jsonl.gz")
    assert "over 200 times" in refusal.problem


ENGLISH = b"The minister said that the tax would rise. " * 20


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_packing_changes_nothing(text):
    data = text.encode()
    plain = items(data, "a.txt")
    for packed, name in (
        (gzip.compress(data), "a.txt.gz"),
        (zipped(("a.txt", data)), "z.zip"),
        (gzip.compress(zipped(("a.txt", data))), "z.zip.gz"),
    ):
        found = items(packed, name)
        for one, other in zip(plain, found, strict=True):
            if isinstance(one, SourceText):
                assert (one.text, one.sha256) == (other.text, other.sha256)
            else:
                assert one.problem == other.problem


@settings(deadline=None)
@given(st.data())
def test_no_damage_breaks_the_reader(data):
    archive = bytearray(NESTED)
    for _ in range(data.draw(st.integers(1, 6))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(archive)))
    for item in items(bytes(archive[:cut])):
        assert isinstance(item, SourceText | Refusal)
