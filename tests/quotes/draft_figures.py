"""How often each class of a draft's quotations is taken for which: `python -m` this module.

Stores the archive's articles in an empty test database, through the models; some two minutes.
"""

import os

import django
from django.conf import settings
from django.test.utils import get_runner, setup_test_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
django.setup()

from tests.quotes import draft_gold  # noqa: E402  its models want the settings


def main() -> None:
    """Print the tables, and the drafts that came out otherwise than they are labelled."""
    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        draft_gold.store_archive()
        results = [(case, draft_gold.found(case)) for case in draft_gold.CASES]
    finally:
        runner.teardown_databases(databases)
    for half, table in draft_gold.confusion(results).items():
        right = sum(count for (label, got), count in table.items() if label == got)
        print(f"{half}: {right} of {sum(table.values())} as labelled")  # noqa: T201
        for (label, got), count in sorted(table.items()):
            print(f"  {label:14} found as {got:14} {count}")  # noqa: T201
    for case, statuses in results:
        if list(case.statuses) != statuses:
            print(f"{case.half}: {case.about}: {case.statuses} -> {statuses}")  # noqa: T201


if __name__ == "__main__":
    main()
