"""What is sent as JSON or a form, taken by the letter: no other names, no other types.

A field that is not offered would be ignored, and 0 be taken for false: a typing error that nobody
hears of. The schema says the same, so that clients are told beforehand.
"""

from typing import Any

from django.http import QueryDict
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers

_TEXTS = (serializers.CharField, serializers.ChoiceField, serializers.UUIDField)


class StrictSerializer(serializers.Serializer[Any]):
    """Takes the fields that it names, of their types; any other is an error, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the fields; ValidationError for those not offered, or of another JSON type."""
        if isinstance(data, dict):
            offered = ", ".join(self.fields)
            wrong = {
                str(name): [f"not offered here; there are {offered}"]
                for name in sorted(set(data) - set(self.fields))
            }
            for name, field in self.fields.items():
                if name in data and (problem := _problem(field, name, data)):
                    wrong[name] = [problem]
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


class TrueOrFalse(serializers.BooleanField):
    """A boolean that is written `true` or `false`, in JSON as in forms."""

    TRUE_VALUES = {"true", True}
    FALSE_VALUES = {"false", False}
    NULL_VALUES = {None}


def _problem(field: Any, name: str, data: Any) -> str:
    """Return what is wrong with the form of a value; "" if nothing is."""
    if not isinstance(data, QueryDict):
        return _mistyped(field, data[name])
    # A form has nothing but strings, and of several only the last would be taken.
    if isinstance(field, serializers.ListField):
        return ""
    if len(data.getlist(name)) > 1:
        return "given more than once; give it once"
    return "" if data[name] else "is empty; give a value or leave it out"


def _mistyped(field: Any, value: Any) -> str:
    """Return what is wrong with the JSON type of a value; "" if nothing is.

    null is for the field to judge.
    """
    if value is None:
        return ""
    if isinstance(field, serializers.ListField):
        items = value if isinstance(value, list) else []
        return next((problem for item in items if (problem := _mistyped(field.child, item))), "")
    if isinstance(field, _TEXTS) and not isinstance(value, str):
        return "is no text; give a JSON string"
    if isinstance(field, serializers.BooleanField) and not isinstance(value, bool):
        return "is neither true nor false; give one of them"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(field, serializers.IntegerField) and not is_number:
        return "is no number; give a JSON number"
    return ""


class StrictSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # untyped
    """Says in the schema that no other fields are taken."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the schema of the object."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001  as documented
        return {**schema, "additionalProperties": False}
