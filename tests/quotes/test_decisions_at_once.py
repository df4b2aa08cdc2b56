"""Several people at once, each with a real connection: one decides, the other is told; no circles.

On PostgreSQL in threads of this process, on SQLite in those of another one over a file, whose
writers queue.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from quotes import decisions
from quotes.decisions import NewSpeaker, Refused, Stale, Unnamed
from quotes.models import Decision, Quotation, Speaker
from quotes.nlp.document import SpeakerKind
from tests import reviewing
from tests.reviewing import called, said

PERSON = SpeakerKind.PERSON


def at_once(*works):
    """Run `works` in threads that start together; return what each raised, None for nothing."""
    raised = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(number, work):
        try:
            gate.wait(timeout=20)
            work()
        except Exception as error:  # noqa: BLE001  shown by the assertions
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def one_of_two_decides():
    """Let two decide what both saw; assert that one does and the other is told, many times."""
    jo, sam = reviewing.reviewer("jo"), reviewing.reviewer("sam")
    rows, before = list(Quotation.objects.order_by("pk")), Decision.objects.count()
    for row in rows:
        seen = decisions.seen(row)
        raised = at_once(
            lambda row=row, seen=seen: decisions.reject(row, jo, seen=seen),
            lambda row=row, seen=seen: (
                decisions.correct_words(row, [(0, 9)], sam, seen=seen)
                if row.version.number
                else None
            ),
        )
        lost = [error for error in raised if error is not None]
        assert len(lost) == 1, raised
        assert isinstance(lost[0], (Stale, Refused)), raised
    assert Decision.objects.count() == before + len(rows)


def merges_end_in_no_circle():
    """Let three merge in a ring at once, again and again; assert that all chains end."""
    jo = reviewing.reviewer("jo3")
    for _ in range(4):
        ring = [
            Speaker.objects.create(slug=f"r{n}-{_}", name=f"R {n} {_}", kind="person")
            for n in range(3)
        ]
        pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
        raised = at_once(
            *(lambda one=one, two=two: decisions.merge(one, two, jo) for one, two in pairs)
        )
        refused = [error for error in raised if error is not None]
        assert all(isinstance(error, Refused) for error in refused), raised
        fresh = [Speaker.objects.get(pk=speaker.pk) for speaker in ring]
        assert len({decisions.root(speaker).pk for speaker in fresh}) == 1
        assert sum(speaker.merged_into is None for speaker in fresh) == 1


def the_same_new_speaker_twice():
    """Let two add somebody of one name at once; assert that both have an address of their own."""
    jo, sam = reviewing.reviewer("jo4"), reviewing.reviewer("sam4")
    one, two = Quotation.objects.exclude(review="rejected").order_by("pk")[:2]
    raised = at_once(
        lambda: decisions.correct_speaker(one, NewSpeaker("Zoe Lee", PERSON), jo),
        lambda: decisions.correct_speaker(two, NewSpeaker("Zoe Lee", PERSON), sam),
    )
    assert raised == [None, None]
    assert Speaker.objects.filter(name="Zoe Lee").count() == 2


def undone_once():
    """Let two undo one decision at once; assert that it is undone once."""
    jo, sam = reviewing.reviewer("jo5"), reviewing.reviewer("sam5")
    row = said("no trains")
    decision = decisions.correct_speaker(row, Unnamed(), jo)
    raised = at_once(lambda: decisions.undo(decision, jo), lambda: decisions.undo(decision, sam))
    assert sorted(error is None for error in raised) == [False, True]
    assert any(isinstance(error, Refused) for error in raised), raised
    assert said("no trains").speaker == called("US Central Command")


ALL = (undone_once, the_same_new_speaker_twice, merges_end_in_no_circle, one_of_two_decides)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_with_real_transactions(check):
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory SQLite database has one connection; on a file: below")
    reviewing.stored_world()
    check()


_ON_A_FILE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests import reviewing
from tests.quotes import test_decisions_at_once as tests
reviewing.stored_world()
for check in tests.ALL:
    check()
print("all held")
"""


def test_on_an_sqlite_file(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_DATABASE_URL": f"sqlite://{tmp_path}/db.sqlite3",
        "TRACKER_VAR_DIR": str(tmp_path),
    }
    done = subprocess.run(  # noqa: S603  of constants
        [sys.executable, "-c", _ON_A_FILE],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
        timeout=300,
    )
    assert done.stdout.strip() == "all held", done.stderr[-3000:]
