"""`manage.py download_models`: fetch one of Stanza's official English packages."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quotes.nlp.stanza_packages import OFFICIAL, ModelDownloadError, download


class Command(BaseCommand):
    """Downloads models; says where they are and how to use them. CommandError where it cannot."""

    help = (
        "Download one of Stanza's official English packages, for people who prefer them to the "
        "models that ship with the project."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --package and --dir."""
        parser.add_argument("--package", choices=OFFICIAL, default=OFFICIAL[0])
        parser.add_argument(
            "--dir",
            type=Path,
            default=settings.STANZA_DIR,
            help="where to (default: TRACKER_STANZA_DIR, %(default)s)",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Download and report."""
        package, directory = options["package"], options["dir"]
        self.stderr.write(f"downloading {package!r} into {directory} …")
        try:
            download(package, directory)
        except ModelDownloadError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"package {package!r} is in {directory}")
        self.stdout.write(
            f"to use it: TRACKER_STANZA_PACKAGE={package} TRACKER_STANZA_DIR={directory}"
        )
