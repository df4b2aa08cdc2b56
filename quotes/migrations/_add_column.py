"""Adding a column in a time that the rows of its table do not lengthen."""

from typing import Any

from django.db import migrations
from django.db.models import Field


class AddColumn(migrations.AddField):
    """As AddField, but SQLite adds the column as it is: Django would write the table anew.

    `sqlite` is the column there, with what all rows get in it; PostgreSQL does so by itself.
    """

    def __init__(
        self, model_name: str, name: str, field: "Field[Any, Any]", *, sqlite: str
    ) -> None:
        super().__init__(model_name, name, field)
        self.sqlite = sqlite

    def deconstruct(self) -> Any:
        """Return how the operation is written in a migration."""
        name, args, kwargs = super().deconstruct()
        return name, args, {**kwargs, "sqlite": self.sqlite}

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the column."""
        if schema_editor.connection.vendor == "sqlite":
            table = schema_editor.quote_name(f"{app_label}_{self.model_name_lower}")
            schema_editor.execute(f"ALTER TABLE {table} ADD COLUMN {self.sqlite}")
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
