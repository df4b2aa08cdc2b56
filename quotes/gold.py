"""Gold annotations and predictions from files -> attributions that evaluation compares. No ORM.

Gold is a folder of brat files as PolNeAR 1.0 publishes them, or JSON lines; predictions are what
`manage.py extract` writes. What cannot be taken is refused by name while the rest is read on.
Formats: docs/evaluation.md.
"""

import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from quotes import brat
from quotes.ingest import article_text, identifier, json_lines
from quotes.nlp.document import Span, SpanError
from quotes.nlp.evaluation.units import ROLES, Attribution, GoldArticle, check_inside
from quotes.params import DEFAULTS, Params
from quotes.refusals import InputError, Refusal

_LINES = (".jsonl", ".ndjson", ".json")
_KNOWN = "name a folder of .txt and .ann files, or a file of JSON lines (.jsonl, .jsonl.gz)"
# PolNeAR keeps texts and annotations of one part of the corpus in two folders side by side.
_SIDE_FOLDERS = ("text", "texts", "attributions", "annotations")
_LISTS = ("attributions", "quotes")


class Note(str):
    """What in a readable file was left out, in words; not a refusal."""

    __slots__ = ()


@dataclass(frozen=True)
class Prediction:
    """The quotations predicted for the article `id`, and the line that has them."""

    id: str
    attributions: tuple[Attribution, ...]
    origin: str
    line: int


def read_gold(
    paths: Iterable[str | Path], *, annotator: str = "", params: Params = DEFAULTS
) -> Iterator[GoldArticle | Refusal | Note]:
    """Yield the articles of `paths`, in order, with refusals and notes; never an exception.

    A folder is searched for pairs of .txt and .ann files and for JSON lines. Of several
    annotations of one text that of `annotator` is read (the end of its file name), else the first
    by name. An id that comes again is refused, for predictions could not be told apart.
    """
    seen: dict[str, str] = {}
    for path in paths:
        for item in _read_path(Path(path), annotator, params):
            if isinstance(item, GoldArticle) and item.id in seen:
                problem = f"has the id {item.id!r} of {seen[item.id]}"
                remedy = "give each article an id of its own"
                yield Refusal(origin=item.origin, line=item.line, problem=problem, remedy=remedy)
                continue
            if isinstance(item, GoldArticle):
                place = item.origin if item.line is None else f"{item.origin}:{item.line}"
                seen[item.id] = place
            yield item


def read_predictions(
    path: str | Path, *, params: Params = DEFAULTS
) -> Iterator[Prediction | Refusal]:
    """Yield the predictions of a file of JSON lines, with refusals; never an exception."""
    for line in _lines(Path(path), params):
        if isinstance(line, Refusal):
            yield line
            continue
        number, fields = line
        try:
            attributions = _attributions(fields, ("quotes",), predicted=True)
            yield Prediction(_id(fields), attributions, str(path), number)
        except InputError as error:
            yield error.refusal(str(path), number)


def checked(prediction: Prediction, article: GoldArticle) -> Refusal | None:
    """Return why `prediction` cannot be one of `article`, None if it can."""
    try:
        check_inside(prediction.attributions, article.text)
    except SpanError as error:
        problem = f"is not of the text of {article.id!r}: {error}"
        return _refusal(prediction.origin, problem, "extract from the gold's own text")
    return None


def _refusal(origin: str | Path, problem: str, remedy: str) -> Refusal:
    return Refusal(origin=str(origin), problem=problem, remedy=remedy)


def _read_path(
    path: Path, annotator: str, params: Params
) -> Iterator[GoldArticle | Refusal | Note]:
    if path.is_dir():
        yield from _read_folder(path, annotator, params)
    elif _is_lines(path):
        yield from _read_lines(path, params)
    elif path.suffix in (".ann", ".txt") and path.exists():
        yield from _read_folder(path.parent, annotator, params, only=path)
    elif path.exists():
        yield _refusal(path, "is of no known type", _KNOWN)
    else:
        yield _refusal(path, "does not exist", _KNOWN)


def _is_lines(path: Path) -> bool:
    suffix = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    return suffix.lower() in _LINES


# ---------------------------------------------------------------------- brat


@dataclass
class _Part:
    """The texts and annotations of one part of a corpus: those whose names belong together."""

    texts: dict[str, Path] = field(default_factory=dict)
    annotations: dict[str, Path] = field(default_factory=dict)

    def of(self, text: str) -> list[Path]:
        """Return the annotations of a text: of the same name, or with an annotator's behind it."""
        exact = [path for name, path in self.annotations.items() if name == text]
        return exact or [
            path for name, path in sorted(self.annotations.items()) if self._owner(name) == text
        ]

    def _owner(self, annotation: str) -> str | None:
        """Return the text whose name an annotation's begins with, the longest if several."""
        name = annotation
        while name and name not in self.texts:
            name = name.rpartition("_")[0]
        return name or None

    def orphans(self) -> list[Path]:
        """Return the annotations without a text."""
        return [path for name, path in self.annotations.items() if not self._owner(name)]


def _read_folder(
    folder: Path, annotator: str, params: Params, *, only: Path | None = None
) -> Iterator[GoldArticle | Refusal | Note]:
    """Yield what a folder and its subfolders hold; `only` restricts it to one file and its mate."""
    root = folder.parent if only and folder.name in _SIDE_FOLDERS else folder
    parts = _parts(root)
    found = False
    for part in parts.values():
        for name, text in part.texts.items():
            several = part.of(name)
            if only and only not in (text, *several):
                continue
            found = True
            yield from _read_pair(
                name, text, several, only if only in several else None, annotator, params
            )
        for orphan in part.orphans():
            if only in (None, orphan):
                found = True
                yield _refusal(orphan, "has no text", "put its .txt file beside it")
    for lines in sorted(path for path in root.rglob("*") if only is None and _is_lines(path)):
        found = True
        yield from _read_lines(lines, params)
    if not found:
        yield _refusal(folder, "holds no gold", _KNOWN)


def _parts(root: Path) -> dict[Path, _Part]:
    parts: dict[Path, _Part] = defaultdict(_Part)
    for path in sorted(root.rglob("*")):
        home = path.parent.parent if path.parent.name in _SIDE_FOLDERS else path.parent
        if path.suffix == ".txt":
            parts[home].texts[path.stem] = path
        elif path.suffix == ".ann":
            parts[home].annotations[path.stem] = path
    # A folder may hold notes in .txt files; without any annotation it is no corpus.
    return {home: part for home, part in parts.items() if part.annotations}


def _read_pair(
    name: str, text: Path, several: list[Path], chosen: Path | None, annotator: str, params: Params
) -> Iterator[GoldArticle | Refusal | Note]:
    """Yield the article of a text and one of its annotations, with what was left out."""
    wanted = [path for path in several if annotator and path.stem.endswith(f"_{annotator}")]
    path = chosen or next(iter(wanted or several), None)
    if path is None:
        yield _refusal(text, "has no annotations", "put its .ann file beside it")
        return
    if len(several) > 1 and not chosen and not wanted:
        others = ", ".join(other.name for other in several if other != path)
        yield Note(f"{path}: read; not {others} (choose with --annotator)")
    try:
        words = article_text({"text": _decoded(text)}, params=params)
    except InputError as error:
        yield error.refusal(str(text))
        return
    try:
        annotations = brat.read(_decoded(path), words)
    except brat.AnnotationError as error:
        yield error.refusal(str(path), error.line)
        return
    except InputError as error:
        yield error.refusal(str(path))
        return
    yield from (Note(f"{path}: {note}") for note in annotations.notes)
    yield GoldArticle(
        id=name,
        text=words,
        attributions=tuple(Attribution(**roles) for roles in annotations.attributions),
        discards=annotations.discards,
        origin=str(path),
    )


def _decoded(path: Path) -> str:
    try:
        # Offsets count what stands in the file: no line end is translated, no mark taken away.
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from error
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        raise InputError(problem, "check the path and its rights") from error


# ---------------------------------------------------------------------- JSON lines


def _lines(path: Path, params: Params) -> Iterator[tuple[int, dict[str, Any]] | Refusal]:
    """Yield the objects of a file with their line numbers, or why a line or the file has none."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for line in json_lines(cast("BinaryIO", file), str(path), params=params):
                yield line if isinstance(line, Refusal) else (line.number, line.fields)
    except (OSError, EOFError, zlib.error) as error:
        problem = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        yield _refusal(path, problem, "check the path, its rights, and that it is whole")


def _read_lines(path: Path, params: Params) -> Iterator[GoldArticle | Refusal]:
    for line in _lines(path, params):
        if isinstance(line, Refusal):
            yield line
            continue
        number, fields = line
        try:
            yield _article(fields, str(path), number, params)
        except InputError as error:
            yield error.refusal(str(path), number)


def _article(fields: dict[str, Any], origin: str, line: int, params: Params) -> GoldArticle:
    text = article_text(fields, allow_empty=True, params=params)
    article = GoldArticle(
        id=_id(fields),
        text=text,
        attributions=_attributions(fields, _LISTS),
        discards=_spans(fields.get("discards"), '"discards"'),
        origin=origin,
        line=line,
    )
    try:
        check_inside((*article.attributions, Attribution(content=article.discards)), text)
    except SpanError as error:
        problem = f"has a span outside its text: {error}"
        raise InputError(problem, "count code points into this text") from error
    return article


def _id(fields: dict[str, Any]) -> str:
    name = identifier(fields)
    if not name:
        raise InputError('has no "id"', "give each article an id, by which predictions are found")
    return name


def _attributions(
    fields: dict[str, Any], lists: Iterable[str], *, predicted: bool = False
) -> tuple[Attribution, ...]:
    name = next((name for name in lists if name in fields), None)
    if name is None:
        wanted = " or ".join(f'"{name}"' for name in lists)
        raise InputError(f"has no {wanted}", "give the list, empty if there are none")
    items = fields[name]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InputError(f'has no list of objects as "{name}"', "see docs/evaluation.md")
    return tuple(
        _attribution(item, f'"{name}" {i}', predicted=predicted) for i, item in enumerate(items)
    )


def _attribution(item: dict[str, Any], place: str, *, predicted: bool) -> Attribution:
    spans = {role: _spans(item.get(role), f'{place}, "{role}"') for role in ROLES}
    if not spans["content"]:
        raise InputError(f"has no content in {place}", 'give "content" as [[start, end], …]')
    named = predicted or "speaker" in item
    return Attribution(
        **spans,
        speakers=_names(item, "speaker", place) if named else None,
        full_names=_names(item, "full_forms", place),
        partial_names=_names(item, "aliases", place),
    )


def _spans(value: Any, place: str) -> tuple[Span, ...]:
    """Return the spans written as [[start, end], …] or [start, end], in text order."""
    if _is_pair(value):
        value = [value]
    if value is None:
        return ()
    if not isinstance(value, list) or not all(_is_pair(pair) for pair in value):
        raise InputError(f"has no spans in {place}", "write them as [[start, end], …]")
    for start, end in value:
        if not 0 <= start < end:
            problem = f"has the span [{start}, {end}) in {place}"
            raise InputError(problem, "an end lies behind its start, both from 0")
    return tuple(sorted((Span(start=s, end=e) for s, e in value), key=lambda span: span.start))


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2  # noqa: PLR2004
        and all(isinstance(n, int) and not isinstance(n, bool) for n in value)
    )


def _names(item: dict[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = item.get(key)
    names = [value] if isinstance(value, str) else value or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f'has no name as "{key}" in {place}', "give a string, a list, or null")
    return tuple(name for name in names if name.strip())
