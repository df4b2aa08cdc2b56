"""What the pages are tested and shown with: `python -m tests.browser.world FACTS`.

In the empty database of the environment: the fixtures and invented stories, read by the shipped
models; a signed-in operator with things of every kind; corrections. What addresses are made of
(`Facts`) is written to FACTS as JSON.
"""

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STORIES = Path(__file__).parent / "stories.jsonl"
OPERATOR, PASSWORD = "op", "correct horse battery"

# A text to be checked: words as they stand, words that were changed, words of somebody else, and
# words that nobody said.
DRAFT = (
    "Sandvik has waited long for this. “A bridge is a promise, and this one could no longer be "
    "kept,” Maud Ferris said when it closed.\n\n"
    "“We will borrow no more than 38 million, and we will not raise the fares,” Ferris said.\n\n"
    "“Half of my customers come over that bridge,” said Henrik Dahl.\n\n"
    "“The moon will have a harbour before we have a tunnel,” Ivo Brandt joked."
)

Facts = dict[str, str]


def main() -> None:
    """Fill the database that the environment names and print the facts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django  # noqa: PLC0415  the settings read the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  after the set-up

    call_command("migrate", verbosity=0)
    _ingest(call_command)
    Path(sys.argv[1]).write_text(json.dumps(_facts()), encoding="utf-8")


def _ingest(call_command: Any) -> None:
    # Pages show whence: names without the folders of a machine.
    with contextlib.chdir(ROOT):
        call_command("ingest", "--quiet", "fixtures/articles", str(STORIES.relative_to(ROOT)))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        again, refused = Path("corrected.jsonl"), Path("empty.txt")
        again.write_text(json.dumps(_corrected(), ensure_ascii=False), encoding="utf-8")
        refused.write_text("", encoding="utf-8")
        try:
            call_command("ingest", "--quiet", str(again), str(refused))
        except django_command_error():
            pass  # that a file was refused is what the import's page is to show


def django_command_error() -> type[Exception]:
    """Return the error of a command: an import that refused something ends with it."""
    from django.core.management import CommandError  # noqa: PLC0415  after the set-up

    return CommandError


def _corrected() -> dict[str, Any]:
    """Return a story as its publisher corrected it later: its article gets a second version."""
    lines = STORIES.read_text(encoding="utf-8").splitlines()
    story: dict[str, Any] = next(s for s in map(json.loads, lines) if s["id"] == "piers")
    text = story["text"].replace("four metres", "three metres").replace("“perhaps six”", "“or six”")
    return story | {"text": text, "title": "Divers find old maps were wrong (corrected)"}


def _facts() -> Facts:
    from django.contrib.auth.models import User  # noqa: PLC0415  after the set-up

    from quotes.models import (  # noqa: PLC0415
        Article,
        ExtractionRun,
        Import,
        Quotation,
        Speaker,
    )

    user = User.objects.create_superuser(OPERATOR, "", PASSWORD, first_name="Ada", last_name="Berg")
    promise = Quotation.objects.filter(content__contains="could no longer be kept").earliest("pk")
    speaker = Speaker.objects.get(name="Maud Ferris")
    facts = {
        "session": _session(user),
        "unknown": "thereisnone0",
        "quotation": promise.uid,
        "speaker": speaker.slug,
        "article": Article.objects.get(url__endswith="/piers").uid,
        "import": str(Import.objects.filter(refused=1).latest("pk").uid),
        "statement": _statement(),
        "other_quotation": Quotation.objects.filter(content__contains="no longer be kept")
        .latest("pk")
        .uid,
        "not_said": Quotation.objects.get(content__contains="nobody rides on Sundays").uid,
        "not_said_article": Article.objects.get(url__endswith="/sundays").uid,
        "run": str(ExtractionRun.objects.latest("pk").uid),
    }
    return facts | _kept(user, promise) | _decided(user, speaker) | _mail(user)


def _statement() -> str:
    """Return the uid of the statement with most reports."""
    from quotes.models import Statement  # noqa: PLC0415  after the set-up

    most = Statement.objects.shown().order_by("-reports_count", "pk").first()
    return most.uid if most else "none"


def _mail(user: Any) -> Facts:
    """Give `user` an address for mail; return the tokens of the letters' links."""
    from quotes import mailboxes  # noqa: PLC0415  after the set-up
    from quotes.models import Mailbox  # noqa: PLC0415

    mailbox = Mailbox.objects.create(user=user, address="op@harbour-post.example.org")
    stop = mailboxes.stop_changes_address(user).rstrip("/")
    return {
        "mail_confirm": mailboxes.confirm_token(mailbox),
        "mail_stop": stop.rpartition("/")[2],
    }


def _session(user: Any) -> str:
    """Return the key of a session in which `user` is signed in."""
    from django.contrib.auth import (  # noqa: PLC0415  after the set-up
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
    )
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _kept(user: Any, promise: Any) -> Facts:
    """Give `user` one of each thing that an account keeps."""
    from quotes import (  # noqa: PLC0415  after the set-up
        collections,
        exports,
        feeds,
        jobs,
        saved_searches,
        tokens,
    )
    from quotes.models import Feed, Import, Quotation  # noqa: PLC0415

    search = saved_searches.create(user, "The bridge", {"q": ["bridge"]})
    collection = collections.create(user, "Promises", description="What was said of the crossing.")
    ferris = Quotation.objects.filter(speaker=promise.speaker).order_by("pk")
    collections.add(collection, [row.uid for row in ferris[:4]], note="For the long read.")
    export = exports.work(exports.create("jsonl", {"q": ["bridge"]}, owner=user))
    feed = feeds.add("https://harbour-post.example.org/feed", by=user, outlet="The Harbour Post")
    Feed.objects.filter(pk=feed.pk).update(title="The Harbour Post", is_active=False)
    token, _ = tokens.make(user, "newsroom script", {tokens.Scope.READ})
    # Nobody is told of them, so that they wait for as long as the site runs.
    later = ["https://harbour-post.example.org/later"]
    waiting, cancelled = (
        jobs.create(Import.Kind.ADDRESS, later, by=user, options={}) for _ in range(2)
    )
    return {
        "saved_search": str(search.uid),
        "feed_key": search.feed_key,
        "collection": str(collection.uid),
        "export": str(export.uid),
        "waiting_import": str(waiting.uid),
        "cancelled_import": str(cancelled.uid),
        "feed": str(feed.uid),
        "token": str(token.uid),
    }


def _decided(user: Any, speaker: Any) -> Facts:
    """Have `user` confirm a quotation and rename a speaker; suggest that two speakers are one."""
    from quotes import decisions  # noqa: PLC0415  after the set-up
    from quotes.models import Quotation, Speaker, SpeakerSuggestion  # noqa: PLC0415

    napkin = Quotation.objects.filter(content__contains="napkin").earliest("pk")
    confirmed = decisions.confirm(napkin, user)
    decisions.rename(speaker, user, name="Maud Ferris", why="as she signs herself",
                     description="Leader of the council of Sandvik")  # fmt: skip
    others = Speaker.objects.exclude(pk=speaker.pk).order_by("pk")
    one, other = others[0], others[1]
    suggestion, _ = SpeakerSuggestion.objects.get_or_create(
        one=one, other=other, defaults={"reason": "like each other in this test", "score": 0.5}
    )
    return {
        "decision": str(confirmed.uid),
        "suggestion": str(suggestion.pk),
        "other_speaker": other.slug,
    }


if __name__ == "__main__":
    main()
