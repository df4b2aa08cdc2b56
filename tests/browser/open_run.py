"""A run that is at work until somebody says that it shall end: `python -m tests.browser.open_run`.

Prints the run's uid once it has begun, as `extract_stored` begins one, with two articles to read;
ends it when it has read a line. A lock of this kind is only seen from another process.
"""

import sys


def main() -> None:
    """Hold the lock of runs, print, wait, end."""
    import django  # noqa: PLC0415  the settings read the environment

    django.setup()
    from quotes import run_lock, store  # noqa: PLC0415  after the set-up
    from quotes.nlp.document import Provenance  # noqa: PLC0415

    begun = Provenance(code_version="0", code_sha256="0" * 64, models={}, lexicons={}, params={})
    with run_lock.only_one():
        run = store.open_run(begun)
        run.planned = 2
        run.save()
        sys.stdout.write(f"{run.uid}\n")
        sys.stdout.flush()
        sys.stdin.readline()
        store.close_run(run)


if __name__ == "__main__":
    main()
