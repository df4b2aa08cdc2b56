"""Groups: who may review, who may import. Made once, then the operator's to change."""

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions

GROUP, IMPORTERS = "Reviewers", "Importers"
_GROUPS = {GROUP: ("add_decision",), IMPORTERS: ("add_import",)}


def make_groups(app_config: AppConfig, using: str) -> None:
    """Make each group, with its permissions, unless there is one of that name."""
    # Whoever is told of the migration first: the permissions have to be there.
    create_permissions(app_config, verbosity=0, using=using)
    rights = apps.get_model("auth", "Permission").objects.using(using)
    for name, codenames in _GROUPS.items():
        group, is_new = (
            apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        )
        if is_new:
            group.permissions.set(
                rights.filter(codename__in=codenames, content_type__app_label=app_config.label)
            )
