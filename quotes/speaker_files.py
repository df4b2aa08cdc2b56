"""Files of known speakers -> entries: CSV, and JSON as Wikidata gives it. Pure but for reading.

CSV has a heading line with the column `name` and any of `kind`, `aliases` (separated by "|"),
`wikidata_id` and `description`. JSON is a query's results (SPARQL 1.1 results, or the plain list
that the query service downloads, with `item`, `itemLabel`, `itemAltLabel`, `itemDescription`) or
entities as Special:EntityData or a dump has them, one a line or all in one.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from quotes.encodings import decode
from quotes.nlp.document import Frozen, SpeakerKind
from quotes.params import DEFAULTS
from quotes.refusals import InputError, Refusal

NAME_CHARS = 300
_COLUMNS = ("name", "kind", "aliases", "wikidata_id", "description")
_IDENTIFIER = re.compile(r"Q[1-9][0-9]{0,14}")
_ADDRESS = re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/")
_HUMAN, _INSTANCE_OF = "Q5", "P31"
_LANGUAGES = ("en", "mul", "en-gb", "en-us")
_NAMED = [kind.value for kind in SpeakerKind if kind is not SpeakerKind.ANONYMOUS]


class Entry(Frozen):
    """A known speaker: its name, what else it is called, and where that stands."""

    origin: str
    line: int | None = None
    name: str
    kind: SpeakerKind
    aliases: tuple[str, ...] = ()
    wikidata_id: str = ""
    description: str = ""


def read(path: Path, *, kind: SpeakerKind = SpeakerKind.ORGANISATION) -> Iterator[Entry | Refusal]:
    """Yield the speakers of a file, and for each that cannot be taken why not.

    `kind` is that of speakers of whom the file does not say it. Lines are counted from 1; in
    JSON that is one document, its items are.
    """
    origin = str(path)
    try:
        text = _text(path)
        rows = _json_rows(text) if _is_json(path, text) else _csv_rows(text)
        for line, make in rows:
            try:
                yield _entry(origin, line, make(), kind)
            except InputError as error:
                yield error.refusal(origin, line)
    except InputError as error:
        yield error.refusal(origin)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > DEFAULTS.max_input_bytes:
            most = DEFAULTS.max_input_bytes // 1_000_000
            raise InputError(f"is larger than {most} MB", "split it into smaller files")
        return decode(path.read_bytes())[0]
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", "check the path") from error


def _is_json(path: Path, text: str) -> bool:
    if path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        return True
    return path.suffix.lower() != ".csv" and text.lstrip()[:1] in {"{", "["}


# --- one entry


Fields = dict[str, Any]
Row = tuple[int, Callable[[], Fields]]


def _entry(origin: str, line: int, fields: Fields, kind: SpeakerKind) -> Entry:
    name = _one_line(fields.get("name"), "name")
    if not any(map(str.isalnum, name)):
        raise InputError("has no name", "give one with a letter or a digit in it")
    aliases = [_one_line(alias, "alias") for alias in fields.get("aliases") or ()]
    return Entry(
        origin=origin,
        line=line,
        name=name,
        kind=_kind(fields.get("kind"), kind),
        aliases=tuple(dict.fromkeys(a for a in aliases if any(map(str.isalnum, a)) and a != name)),
        wikidata_id=_identifier(fields.get("wikidata_id")),
        description=_one_line(fields.get("description"), "description"),
    )


def _one_line(value: Any, what: str) -> str:
    if value is not None and not isinstance(value, str):
        raise InputError(f"its {what} is no text but {str(value)[:40]!r}", "give it as a string")
    words = " ".join((value or "").split())
    if len(words) > NAME_CHARS:
        raise InputError(f"its {what} has {len(words)} characters", f"{NAME_CHARS} are the most")
    if "\0" in words:
        raise InputError(f"its {what} has a NUL character in it", "leave it out")
    return words


def _kind(value: Any, default: SpeakerKind) -> SpeakerKind:
    told = str(value or "").strip().lower()
    if not told:
        return default
    if told not in _NAMED:
        raise InputError(f"{told[:40]!r} is no kind of speaker", f"use one of {', '.join(_NAMED)}")
    return SpeakerKind(told)


def _identifier(value: Any) -> str:
    told = _ADDRESS.sub("", str(value or "").strip()).upper()
    if told and not _IDENTIFIER.fullmatch(told):
        raise InputError(f"{told[:40]!r} is no Wikidata identifier", "they look like Q1065")
    return told


# --- CSV


def _csv_rows(text: str) -> Iterator[Row]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    heading = [cell.strip().lower() for cell in next(reader, [])]
    _check(heading)
    line = reader.line_num + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"line {line} is no CSV ({error})", "close its quotes") from error
        if any(cell.strip() for cell in cells):
            yield line, lambda cells=cells: _csv_fields(heading, cells)  # type: ignore[misc]
        line = reader.line_num + 1


def _check(heading: list[str]) -> None:
    known = ", ".join(_COLUMNS)
    if "name" not in heading:
        raise InputError("its first line has no column “name”", f"name the columns: {known}")
    unknown = [cell for cell in heading if cell not in _COLUMNS]
    if unknown or len(set(heading)) < len(heading):
        problem = f"has unknown or repeated columns ({', '.join(unknown or heading)[:100]})"
        raise InputError(problem, f"the columns are {known}")


def _csv_fields(heading: list[str], cells: list[str]) -> Fields:
    if len(cells) > len(heading):
        problem = f"has {len(cells)} cells for {len(heading)} columns"
        raise InputError(problem, "quote cells that hold the delimiter")
    fields: Fields = dict(zip(heading, cells, strict=False))
    return fields | {"aliases": (fields.get("aliases") or "").split("|")}


# --- JSON


def _json_rows(text: str) -> Iterator[Row]:
    try:
        whole = json.loads(text)
    except ValueError:
        yield from _json_lines(text)
        return
    items = _items(whole)
    if items is None:
        raise InputError(
            "is JSON of another shape",
            "give SPARQL results, a list of them, or Wikidata entities",
        )
    for number, item in enumerate(items, 1):
        yield number, lambda item=item: _json_fields(item)  # type: ignore[misc]


def _json_lines(text: str) -> Iterator[Row]:
    """Yield the lines of a dump: an object each, commas after them and brackets around allowed."""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip().rstrip(",")
        if bare not in {"", "[", "]"}:
            yield number, lambda bare=bare: _json_fields(_parsed(bare))  # type: ignore[misc]


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise InputError(f"is no JSON ({error})", "give one JSON object a line") from error


def _items(whole: Any) -> Iterable[Any] | None:
    """Return the items of a document in one of the shapes, None if it is in another."""
    if isinstance(whole, list):
        return whole
    if not isinstance(whole, dict):
        return None
    if isinstance(results := whole.get("results"), dict):
        bindings = results.get("bindings")
        return bindings if isinstance(bindings, list) else None
    if isinstance(entities := whole.get("entities"), dict):
        return list(entities.values())
    return [whole] if "labels" in whole else None


def _json_fields(item: Any) -> Fields:
    if not isinstance(item, dict):
        raise InputError("is no JSON object", "give one object for each speaker")
    if "missing" in item:
        raise InputError(f"{item.get('id')} is missing in Wikidata", "leave it out")
    return _entity_fields(item) if "labels" in item else _result_fields(item)


def _entity_fields(item: Fields) -> Fields:
    labels, aliases = item.get("labels") or {}, item.get("aliases") or {}
    name = _in_english(labels)
    if name is None:
        raise InputError(f"{item.get('id')} has no English label", "add its name in a CSV file")
    return {
        "name": name,
        "kind": _entity_kind(item),
        "aliases": [alias.get("value") for code in _LANGUAGES for alias in aliases.get(code, ())],
        "wikidata_id": item.get("id"),
        "description": (_in_english(item.get("descriptions") or {}) or "")[:NAME_CHARS],
    }


def _in_english(texts: Fields) -> str | None:
    return next((texts[code].get("value") for code in _LANGUAGES if code in texts), None)


def _entity_kind(item: Fields) -> str | None:
    claims = item.get("claims") or {}
    try:
        told = [c["mainsnak"]["datavalue"]["value"]["id"] for c in claims.get(_INSTANCE_OF, ())]
    except (KeyError, TypeError):
        return None
    return SpeakerKind.PERSON if _HUMAN in told else None


def _result_fields(item: Fields) -> Fields:
    """Return the fields of a query's result; of several aliases in a cell, commas part them."""
    cells = {name: _cell(value) for name, value in item.items()}
    if "itemLabel" not in cells and "name" not in cells:
        raise InputError("has neither “itemLabel” nor “name”", "select ?item ?itemLabel")
    name = cells.get("itemLabel") or cells.get("name")
    if isinstance(name, str) and _IDENTIFIER.fullmatch(name):
        raise InputError(f"{name} has no label in the query's language", "ask for English labels")
    aliases = cells.get("itemAltLabel") or cells.get("aliases") or []
    return {
        "name": name,
        "kind": cells.get("kind"),
        "aliases": re.split(r"\||, ", aliases) if isinstance(aliases, str) else aliases,
        "wikidata_id": cells.get("item") or cells.get("wikidata_id"),
        "description": cells.get("itemDescription") or cells.get("description"),
    }


def _cell(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) else value
