"""What all operations of the OpenAPI schema share: problems as errors, limits, no login needed."""

from typing import Any

from api.errors import MEDIA_TYPE
from api.paging import DEFAULT_ROWS, MAX_ROWS

_TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "instance": _TEXT,
        "remedy": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": _TEXT, "problem": _TEXT},
            },
        },
    },
}
_RESPONSES = {
    "4XX": "The request cannot be served as it is.",
    "5XX": "The server failed, or is busy: see Retry-After.",
}


def bound_parameters(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to each query parameter the limits that the views enforce; return the schema."""
    for path in result["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                schema = parameter["schema"]
                if parameter["name"] == "page_size":
                    schema |= {"minimum": 1, "maximum": MAX_ROWS, "default": DEFAULT_ROWS}
                elif parameter["in"] == "query" and schema.get("type") == "string":
                    schema |= {"minLength": 1}
    return result


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the problem responses to each operation of the schema; return the schema."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    body = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            for code, description in _RESPONSES.items():
                operation["responses"][code] = {"description": description, "content": body}
            # A session is only needed where the setting PUBLIC_READS is off.
            operation["security"] = [*operation.get("security", []), {}]
    return result
