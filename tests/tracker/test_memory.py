"""What serving pages leaves to the collector of garbage; in a process of its own, as it stays."""

import subprocess
import sys

SCRIPT = """
import gc, weakref
from tracker.memory import settle

class Ring:
    pass

settle()
assert gc.get_freeze_count() > 0, gc.get_freeze_count()
ring = Ring()
ring.itself = ring
gone = weakref.ref(ring)
del ring
made = 0
while gone() is not None:
    kept = [[] for _ in range(30_000)]
    made += len(kept)
    assert made < 40_000_000, "what refers to itself is never collected"
"""


def test_rings_made_while_serving_are_collected_and_what_was_loaded_is_not_looked_at():
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", SCRIPT], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
