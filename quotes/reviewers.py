"""The group of those who may review: made once, then the operator's to change."""

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions

GROUP = "Reviewers"
_CODENAME = "add_decision"


def make_group(app_config: AppConfig, using: str) -> None:
    """Make the group of reviewers, with its permission, unless there is one of that name."""
    # Whoever is told of the migration first: the permission has to be there.
    create_permissions(app_config, verbosity=0, using=using)
    group, is_new = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=GROUP)
    if is_new:
        rights = apps.get_model("auth", "Permission").objects.using(using)
        group.permissions.set(
            rights.filter(codename=_CODENAME, content_type__app_label=app_config.label)
        )
