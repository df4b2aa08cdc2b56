"""The app of the stored quotations and their pages."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _install_guards(*, using: str, **_: Any) -> None:
    from quotes import guards

    guards.install(using)


class QuotesConfig(AppConfig):
    """Installs the database's own guards after every migration: see quotes/guards.py."""

    name = "quotes"
    verbose_name = "Quotations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_install_guards, sender=self, dispatch_uid="quotes.guards")
