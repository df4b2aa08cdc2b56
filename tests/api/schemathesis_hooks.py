"""What the API asks of requests and OpenAPI has no words for, told to schemathesis.

Only requests that are meant to be accepted are changed: what conflicts is left out, and what must
be there is put in. Those that are meant to be refused stay as they were made.
"""

import os
from itertools import count
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation

QUOTATION, SPEAKER, COLLECTION, SEARCH = (
    os.environ.get(f"CONFORMANCE_{name}", "")
    for name in ("QUOTATION", "SPEAKER", "COLLECTION", "SEARCH")
)
_numbers = count(1)
_NONE = "00000000-0000-4000-8000-000000000000"
# Another format but JSON has all its fields, and no removals.
_JSON_ONLY = ("fields", "expand", "updated_since")
_RANGES = (
    *((f"{what}_from", f"{what}_to") for what in ("published", "retrieved", "created", "started")),
    ("min_confidence", "max_confidence"),
    ("min_speaker_confidence", "max_speaker_confidence"),
)
# One of them, and only one.
_ONE_OF = {
    "/correct-words/": ("pieces", "words"),
    "/correct-speaker/": ("speaker", "new_speaker", "unnamed"),
    "/split/": ("to", "new_speaker"),
}
_DECISIONS = (
    *("/confirm/", "/reject/", "/correct-words/", "/correct-speaker/"),
    *("/merge/", "/split/", "/rename/", "/tell-apart/"),
)
# What these name must be there; the values are of the test's own rows.
_THERE: dict[str, Any] = {
    "quotations": [QUOTATION],
    "search": SEARCH,
    "speaker": SPEAKER,
    "into": SPEAKER,
    "to": SPEAKER,
    "other": SPEAKER,
}
# These have a grammar or rules of their own, which tests of theirs cover.
_RULED: dict[str, Any] = {
    "q": "tax",
    "words": "Rail",
    "urls": ["https://example.org/news/rail-tax.html"],
    "address": "https://example.org/hooks/quotations",
    "pieces": [{"start": 0, "end": 4}],
}
# Left out: lists of what the one speaker has, an item of the same collection, an identifier.
_LEFT_OUT = ("names", "articles", "wikidata_id", "into_seen")
# An article is its text; its dates, its address and names of one thing have rules between them.
_OF_ARTICLES = ("text", "title", "byline", "section", "id", "outlet")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001  as it is called
    """Make a request that is meant to be accepted one that keeps the rules."""
    # What other requests name stays there.
    if case.method == "DELETE" and case.path_parameters.get("uid") in (COLLECTION, SEARCH):
        case.path_parameters["uid"] = _NONE
    # A key that came with another body is refused whatever the body is: its faults would be hidden.
    if "Idempotency-Key" in case.headers and _is_key_meant_well(case):
        case.headers["Idempotency-Key"] = f"key-{next(_numbers)}"
    if not case.meta or not case.meta.generation.mode.is_positive:
        return
    if case.query:
        case.query = _query(dict(case.query))
    if case.operation.path.endswith(_DECISIONS) and not isinstance(case.body, dict):
        case.body, case.media_type = {}, "application/json"  # of many optional fields one is due
    if isinstance(case.body, dict):
        # A body that is put in its place is judged anew, and bytes of a file are no JSON string.
        if (body := _body(case.operation.path, case.body)) != case.body:
            case.body = body
        if case.operation.path.endswith(("/items/", "/items/move/")):
            case.path_parameters["uid"] = COLLECTION


def _is_key_meant_well(case: Any) -> bool:
    headers = case.meta and case.meta.components.get(ParameterLocation.HEADER)
    return not headers or headers.mode.is_positive


def _query(query: dict[str, Any]) -> dict[str, Any]:
    """Return the query parameters without those that conflict."""
    if query.get("format", "json") != "json":
        query = {name: value for name, value in query.items() if name not in _JSON_ONLY}
    if "updated_since" in query:  # changes come in their own order
        query.pop("ordering", None)
    if "q" in query:
        query["q"] = _RULED["q"]
    for first, last in _RANGES:  # an end before its beginning is refused
        if first in query:
            query.pop(last, None)
    return {name: value for name, value in query.items() if not _is_blank(value)}


def _is_blank(value: Any) -> bool:
    """Say whether a text has nothing but blanks, or what no text has."""
    return isinstance(value, str) and (not value.strip() or "\0" in value)


def _body(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a request with what must be there, and without what conflicts."""
    if path.endswith("/articles/"):  # and a text of control characters is none
        body = {name: body[name] for name in _OF_ARTICLES if name in body}
        body["text"] = "Rail fares will rise, the minister, Ana Roe, said on Monday."
    if path.endswith(("/articles/", "/extract/")):
        return {name: value for name, value in body.items() if not _is_blank(value)}
    told = {name: value for name, value in body.items() if name not in _LEFT_OUT}
    for ending, names in _ONE_OF.items():
        if path.endswith(ending):
            chosen = next((name for name in names if name in told), names[0])
            told = {name: value for name, value in told.items() if name not in names}
            told[chosen] = body.get(chosen, "x")
    for name, value in told.items():
        if name == "query" and isinstance(value, dict):
            told[name] = {key: _stored(key, values) for key, values in _query(value).items()}
        elif name == "new_speaker":  # a name that is known already has to be said to be another's
            told[name] = {"name": "Bea Roe", "another": True}
        elif name in _THERE or name in _RULED:
            told[name] = _THERE.get(name, _RULED.get(name))
        elif _is_blank(value):
            told[name] = "x"
    if str(told.get("format", "")).startswith("articles"):  # these are selected by less
        told.pop("query", None)
    return _settled(path, told)


def _settled(path: str, told: dict[str, Any]) -> dict[str, Any]:
    """Return a body with what depends on what is there already."""
    if "before" in told:
        told["before"] = None
    if "/saved-searches/" in path:  # two of an account never have the same name
        told["name"] = f"search {next(_numbers)}"
    if path.endswith(_DECISIONS):  # what it builds upon has to be said, here or in a header
        told["seen"] = "0"
    return told


def _stored(name: str, values: Any) -> Any:
    """Return the values of a parameter in a stored query: a list, or one alone."""
    if name == "q":
        return [_RULED["q"]]
    if isinstance(values, str):
        return "x" if _is_blank(values) else values
    return ["x" if _is_blank(value) else value for value in values] if values else values
