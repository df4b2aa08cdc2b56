"""What all operations of the OpenAPI schema share: problems, limits, examples, no login needed."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from api.errors import MEDIA_TYPE
from api.mirroring import REMOVED
from api.paging import DEFAULT_ROWS, MAX_ROWS
from api.problems import PATH as PROBLEMS_PATH

_TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": f"Problem details (RFC 9457). The types: {PROBLEMS_PATH}",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "leads to what it is"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "instance": _TEXT,
        "remedy": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem", "remedy"],
                "properties": {
                    "field": _TEXT,
                    "problem": _TEXT,
                    "remedy": _TEXT,
                    "position": {
                        "type": "integer",
                        "description": "where in a query, in code points from 0",
                    },
                },
            },
        },
    },
}
_RESPONSES = {
    "4XX": "The request cannot be served as it is.",
    "5XX": "The server failed, or is busy: see Retry-After.",
}
_METHODS = ("get", "post", "put", "patch", "delete")
_READ_HEADERS = {
    "ETag": {"description": "of the body; send it back in If-None-Match", "schema": _TEXT},
    "Last-Modified": {"description": "where it is known for certain", "schema": _TEXT},
    "Cache-Control": {"description": "private where the reader counts", "schema": _TEXT},
}
_NOT_MODIFIED = "What If-None-Match or If-Modified-Since names is still so."
_SHARED = {
    "format": "The format of the answer; goes before the header Accept.",
    "style": "The form of the citation.",
}
_FIELDS = "fields"
_PREFIX = "/api/v1/"
# What belongs to accounts; all else is read by everybody where reads are public.
_OWN = frozenset({"saved-searches", "webhooks", "exports", "tokens", "account"})
# What is posted to be read, and is not stored.
_FOR_READERS = frozenset({"extract", "check"})
_AUTHORIZED = '-H "Authorization: Bearer $TOKEN"'
_SEEN = "seen"


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for address, path in result["paths"].items():
        for method, operation in path.items():
            if method in _METHODS:
                yield address, method, operation


def _is_public(address: str, method: str) -> bool:
    """Say whether everybody may do it where reads are public."""
    resource = address.removeprefix(_PREFIX).split("/")[0]
    return resource in _FOR_READERS or (method == "get" and resource not in _OWN)


def bound_parameters(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to each query parameter the limits that the views enforce; return the schema."""
    for _address, _method, operation in _operations(result):
        for parameter in operation.get("parameters", []):
            schema = parameter["schema"]
            if parameter["name"] == "page_size":
                schema |= {"minimum": 1, "maximum": MAX_ROWS, "default": DEFAULT_ROWS}
            elif parameter["name"] in _SHARED:
                parameter.setdefault("description", _SHARED[parameter["name"]])
            elif parameter["in"] == "query" and schema.get("type") == "string":
                schema.setdefault("minLength", 1)
    return result


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the problem responses to each operation of the schema; return the schema."""
    result["components"]["schemas"] |= {"Problem": PROBLEM, "Removed": REMOVED}
    body = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for address, method, operation in _operations(result):
        for code, description in _RESPONSES.items():
            operation["responses"][code] = {"description": description, "content": body}
        # A session is only needed where the setting PUBLIC_READS is off.
        if _is_public(address, method):
            operation["security"] = [*operation.get("security", []), {}]
    return result


def add_validators(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the headers of conditional reading, and 304; return the schema.

    What can be read in part is not required to have all its fields.
    """
    for _address, method, operation in _operations(result):
        found = operation["responses"].get("200")
        if method != "get" or not found:
            continue
        headers = found.setdefault("headers", {})
        for name, header in _READ_HEADERS.items():
            headers.setdefault(name, header)
        operation["responses"].setdefault("304", {"description": _NOT_MODIFIED})
        if any(p["name"] == _FIELDS for p in operation.get("parameters", [])):
            for media in found.get("content", {}).values():
                _relax(media["schema"], result["components"]["schemas"], set())
    return result


def _relax(schema: Any, named: Mapping[str, Any], seen: set[str]) -> None:
    """Take `required` off a schema and all that it leads to; a page keeps its own."""
    if isinstance(schema, list):
        for inner in schema:
            _relax(inner, named, seen)
    if not isinstance(schema, dict):
        return
    if reference := schema.get("$ref"):
        name = reference.rsplit("/", 1)[1]
        if name not in seen and name != "Removed":
            seen.add(name)
            _relax(named[name], named, seen)
        return
    if "results" not in schema.get("properties", {}):
        schema.pop("required", None)
    for key in ("properties", "items", "anyOf", "oneOf", "allOf", "additionalProperties"):
        inner = schema.get(key)
        _relax(list(inner.values()) if key == "properties" and inner else inner, named, seen)


# --- examples

# What in a body is the slug of a speaker, who is looked up.
_OF_SPEAKERS = frozenset({"speaker", "into", "to", "other"})
_SPEAKERS, _OTHER = "/api/v1/speakers/", "OTHER"


def add_examples(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to each operation a command that can be run as it stands; return the schema."""
    for address, method, operation in _operations(result):
        source = example(result, address, method, operation)
        operation["x-codeSamples"] = [{"lang": "Shell", "label": "curl", "source": source}]
        if "description" in operation:
            operation["description"] += f"\n\n```sh\n{source}\n```"
    return result


def example(
    result: Mapping[str, Any], address: str, method: str, operation: Mapping[str, Any]
) -> str:
    """Return a command that asks for `address`, with curl.

    What the address leaves open is looked up first, in the list that it belongs to; so is, in the
    history, the mark that a decision sends. Writes send the example of the request's body, and a
    token.
    """
    lines, filled = [], address
    for name in re.findall(r"\{(\w+)\}", address):
        listing = address[: address.index(f"{{{name}}}")]
        lines.append(_looked_up(result, listing, filled[: filled.index(f"{{{name}}}")], name))
        filled = filled.replace(f"{{{name}}}", f"${_variable(name)}")
    command = ["curl -s"]
    if method != "get":
        command.append(f"-X {method.upper()}")
    if not _is_public(address, method):
        command.append(_AUTHORIZED)
    body = _body(operation)
    if isinstance(body, dict) and _SEEN in body:
        history = f"{filled.rstrip('/').rsplit('/', 1)[0]}/history/"
        lines.append(_first(history, _SEEN, is_public=_is_public(history, "get")))
        command.append(f'-H "If-Match: \\"${_variable(_SEEN)}\\""')
        body = {name: value for name, value in body.items() if name != _SEEN}
    if isinstance(body, dict) and (named := _OF_SPEAKERS & body.keys()):
        # The last of the list: the first is the one that the address names.
        asked = f"{_SPEAKERS}?page_size=200&{_FIELDS}=slug"
        public = _is_public(_SPEAKERS, "get")
        lines.append(_first(asked, "slug", _OTHER, is_public=public).replace("head", "tail"))
        body = body | dict.fromkeys(named, f"${_OTHER}")
    if body is not None:
        quoted = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
        quoted = quoted.replace(f'"${_OTHER}"', f"""\"'"${_OTHER}"'\"""")
        command.append(f"-H 'Content-Type: application/json' -d '{quoted}'")
    mark = '"' if "$" in filled else "'"
    command.append(f"{mark}{settings.SITE_URL}{filled}{_query(operation)}{mark}")
    return "\n".join([*lines, " ".join(command)])


def _variable(name: str) -> str:
    """Return the shell variable that holds a `name`; `UID` cannot be set in bash."""
    return "ID" if name == "uid" else name.upper()


def _looked_up(result: Mapping[str, Any], listing: str, filled: str, name: str) -> str:
    """Return the command that finds the first `name` in a list, whose address is `filled`."""
    operation = result["paths"][listing]["get"]
    offered = {parameter["name"] for parameter in operation.get("parameters", [])}
    key = "version" if name == "number" else name
    some = {"page_size": "1", _FIELDS: key}
    chosen = "&".join(f"{k}={v}" for k, v in some.items() if k in offered)
    asked = f"{filled}{f'?{chosen}' if chosen else ''}"
    return _first(asked, key, _variable(name), is_public=_is_public(listing, "get"))


def _first(address: str, key: str, variable: str = "", *, is_public: bool) -> str:
    """Return the command that sets a variable to the first `key` of what an address answers."""
    header = "" if is_public else f" {_AUTHORIZED}"
    found = f"""grep -o '"{key}":[^,}}]*' | head -n 1 | sed 's/^[^:]*://; s/"//g'"""
    variable = variable or _variable(key)
    return f"""{variable}=$(curl -s{header} "{settings.SITE_URL}{address}" | {found})"""


def _query(operation: Mapping[str, Any]) -> str:
    """Return a query string of the parameters that have an example."""
    pairs = [
        f"{parameter['name']}={parameter['example']}"
        for parameter in operation.get("parameters", [])
        if "example" in parameter and parameter["in"] == "query"
    ]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _body(operation: Mapping[str, Any]) -> Any:
    """Return the example of a request's JSON body; an empty object where there is none."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    for one in content.get("examples", {}).values():
        return one["value"]
    return {}
