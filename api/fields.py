"""`fields=` and `expand=`: which fields of a row a client gets, and what more of what it points to.

Names are those of the answer, nested ones with dots: `speaker.name`. A name that is not there is
an error that says which are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

FIELDS, EXPAND = "fields", "expand"
_MOST_CHARS = 2000


class Expansion(NamedTuple):
    """What can be added to a row: the field, and how the rows are loaded so that it costs little.

    `means` says to clients what it is.
    """

    means: str
    field: Callable[[], "serializers.Field[Any, Any, Any, Any]"]
    load: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows


Expansions = Mapping[str, Expansion]


def asked(request: Request, name: str) -> list[str]:
    """Return the names that the parameter `name` lists, with commas between; none if not given."""
    value = request.query_params.get(name)
    if value is None:
        return []
    if len(value) > _MOST_CHARS:
        problem = f"is longer than {_MOST_CHARS} characters; ask for fewer names"
        raise ValidationError({name: [problem]})
    return [part.strip() for part in value.split(",") if part.strip()]


def expanded(request: Request, expansions: Expansions) -> list[str]:
    """Return what the request wants expanded; ValidationError for what cannot be.

    Who asks for a field of it wants that too. In the order of `expansions`, each once.
    """
    names = asked(request, EXPAND)
    for name in names:
        if name not in expansions:
            there = ", ".join(expansions) or "nothing here"
            message = f"{name!r} cannot be expanded; there is {there}"
            raise ValidationError({EXPAND: [message]})
    chosen = [f"{name}." for name in asked(request, FIELDS)]
    return [
        name
        for name in expansions
        if name in names or any(field.startswith(f"{name}.") for field in chosen)
    ]


def add(serializer: Any, expansions: Expansions, names: Iterable[str]) -> None:
    """Add the fields of the expansions `names` to a serializer of rows."""
    for name in names:
        *path, last = name.split(".")
        inner = row_of(serializer)
        for part in path:
            inner = row_of(inner.fields[part])
        inner.fields[last] = expansions[name].field()


def keep(serializer: Any, names: Sequence[str]) -> None:
    """Leave only the fields `names` in a serializer of rows; ValidationError for an unknown one."""
    for name in names:
        _check(serializer, name)
    _prune(serializer, [name.split(".") for name in names])


def row_of(serializer: Any) -> Any:
    """Return the serializer of one row, where `serializer` is of many."""
    return serializer.child if isinstance(serializer, serializers.ListSerializer) else serializer


def _check(serializer: Any, name: str) -> None:
    inner = row_of(serializer)
    seen: list[str] = []
    for part in name.split("."):
        there = list(getattr(inner, "fields", ()))
        if part not in there:
            place = f" in {'.'.join(seen)!r}" if seen else ""
            among = f"there are {', '.join(there)}" if there else "it has no fields of its own"
            raise ValidationError({FIELDS: [f"no field {part!r}{place}; {among}"]})
        seen.append(part)
        inner = row_of(inner.fields[part])


def _prune(serializer: Any, paths: Sequence[Sequence[str]]) -> None:
    inner = row_of(serializer)
    for name in list(inner.fields):
        own = [path[1:] for path in paths if path[0] == name]
        if not own:
            inner.fields.pop(name)
        elif all(own):  # the field as a whole goes before parts of it
            _prune(inner.fields[name], own)


def _names(field: Any, path: str = "") -> Iterator[str]:
    """Yield the names of the fields of a serializer of rows, with dots."""
    for name, inner in getattr(row_of(field), "fields", {}).items():
        yield f"{path}{name}"
        yield from _names(inner, f"{path}{name}.")


def parameters(
    expansions: Expansions, serializer: type[Any] | None = None
) -> list[OpenApiParameter]:
    """Return `fields` and, where something can be expanded, `expand`, for the schema.

    `serializer` is that of a row: its fields are named.
    """
    one: dict[str, Any] = {"type": "string", "minLength": 1}
    if serializer:
        whole = serializer()
        add(whole, expansions, expansions)
        one = {"type": "string", "enum": list(_names(whole))}
    chosen = OpenApiParameter(
        FIELDS,
        {"type": "array", "items": one, "minItems": 1},
        description="Only these fields of each row, with commas between; nested ones with dots: "
        "`uid,content,speaker.name`. Without it, a row has all fields of its schema. What can be "
        "expanded is, if it is named here.",
        style="form",
        explode=False,
    )
    if not expansions:
        return [chosen]
    more = " ".join(f"`{name}`: {one.means}." for name, one in expansions.items())
    names = {"type": "array", "items": {"type": "string", "enum": list(expansions)}, "minItems": 1}
    return [
        chosen,
        OpenApiParameter(
            EXPAND, names, description=f"Adds to each row: {more}", style="form", explode=False
        ),
    ]
