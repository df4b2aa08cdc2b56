"""What the collector of garbage looks at while pages are served."""

import gc

# New objects, and young collections, after which the next older ones are looked at. A page makes
# some 20,000 objects and drops nearly all at its end; by Python's own 700, it was stopped to look
# for cycles dozens of times (docs/decisions/0034-browser-tests-and-page-speed.md).
_NEW, _YOUNG, _OLD = 25_000, 20, 20


def settle() -> None:
    """Keep what has been loaded to stay out of every later collection, and collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW, _YOUNG, _OLD)
