"""The app of the stored quotations and their pages."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.models.signals import post_migrate, pre_migrate

from quotes import (
    guards,
    reviewers,
    search_documents,
    search_index,
    search_relevance,
    speaker_index,
    touches,
)


def _new_connection(*, connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        search_relevance.add_function(connection)


def _before_migrations(*, using: str, plan: Any = (), **_: Any) -> None:
    if plan:
        guards.remove(using)
        touches.remove(using)
        search_index.remove(using)
        speaker_index.remove(using)


def _after_migrations(*, app_config: AppConfig, using: str, plan: Any = (), **_: Any) -> None:
    if "quotes_quotationspan" in connections[using].introspection.table_names():
        guards.install(using)
    if _is_newest(using):
        touches.install(using)
        is_stale = any(map(_may_change_rows, plan))
        search_index.install(using, is_stale=is_stale)
        speaker_index.install(using, is_stale=is_stale)
    if "auth_group" in connections[using].introspection.table_names():
        reviewers.make_groups(app_config, using)


def _is_newest(using: str) -> bool:
    """Say whether no migration of ours is missing: what comes after them names all columns."""
    loader = MigrationLoader(connections[using])
    return all(leaf in loader.applied_migrations for leaf in loader.graph.leaf_nodes("quotes"))


# What leaves the rows of other tables, and the columns that there were, as they are.
_ADDING = (
    operations.AddConstraint,
    operations.AddField,
    operations.AddIndex,
    operations.AlterModelOptions,
    operations.CreateModel,
    operations.RemoveConstraint,
    operations.RemoveIndex,
)


def _may_change_rows(step: tuple[Migration, bool]) -> bool:
    """Say whether a migration may change what an index holds, whose triggers are off meanwhile."""
    migration, is_backwards = step
    if migration.app_label != "quotes":
        return False
    return is_backwards or any(not _leaves(operation) for operation in migration.operations)


def _leaves(operation: Operation) -> bool:
    if isinstance(operation, _ADDING):
        return True
    if isinstance(operation, operations.RunPython):
        # Code may write anything, unless it says (as to routers) whose rows it writes alone.
        model = operation.hints.get("model_name", "")
        return bool(model) and model not in search_documents.MODELS
    model = getattr(operation, "model_name_lower", "")
    return isinstance(operation, FieldOperation) and model not in search_documents.MODELS


class QuotesConfig(AppConfig):
    """Puts the database's own guards and search index in place around every migration."""

    name = "quotes"
    verbose_name = "Quotations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Attach to the signals of `migrate`."""
        connection_created.connect(_new_connection, dispatch_uid="quotes.connection")
        pre_migrate.connect(_before_migrations, sender=self, dispatch_uid="quotes.before")
        post_migrate.connect(_after_migrations, sender=self, dispatch_uid="quotes.after")
        from quotes import statement_deletion  # noqa: PLC0415  models are only loaded now

        statement_deletion.connect()
