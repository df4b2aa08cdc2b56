"""`manage.py export`: write quotations, or articles, to a file; go on where it was broken off."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from quotes import export_files, exports, selections
from quotes.export_files import ARTICLES, NAMES, ZIP, Plan, Progress
from quotes.refusals import InputError

_INTERRUPTED = 130


class Command(BaseCommand):
    """Keeps beside OUT, in OUT.progress, how far it is; run again with the same words, it goes on.

    OUT appears when it is whole, with OUT.manifest.json. CommandError for what cannot be done.
    """

    help = (
        "Export quotations, or articles with their texts, to a file, in constant memory. Run again "
        "after it was interrupted or killed, it goes on where it was. Beside OUT it writes "
        "OUT.manifest.json: what was asked, rows, SHA-256, counts, terms."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add OUT and the options."""
        parser.add_argument("out", metavar="OUT", type=Path, help="the file; it must not exist")
        parser.add_argument(
            "--format", required=True, metavar="FORMAT", help=f"one of {', '.join(NAMES)}"
        )
        parser.add_argument(
            "--query",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"a filter, repeatable: {', '.join(selections.PARAMETERS)};"
            f" of {ARTICLES}: {', '.join(selections.ARTICLE_CONDITIONS)}",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Write, then check and name what was written."""
        out: Path = options["out"]
        try:
            query = export_files.checked(options["format"], _query(options["query"]))
            self._write(_Work(out, Plan(options["format"], query, timezone.now())))
        except InputError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error}; check the folder, its rights and its space") from error
        except KeyboardInterrupt as error:
            message = "interrupted; run it again with the same words to go on"
            raise CommandError(message, returncode=_INTERRUPTED) from error

    def _write(self, work: "_Work") -> None:
        plan, done = work.plan, work.done
        total = plan.rows().count()
        with tqdm(total=total, initial=done.rows, unit=" rows", disable=None) as bar:

            def save(far: Progress) -> None:
                work.save(far)
                bar.update(far.rows - bar.n)

            done = export_files.write(plan, work.part, done, save)
        self.stdout.write(f"{done.rows:,} rows: {work.finish(done)}")


class _Work:
    """The files of an export: the part, how far it is, and what it becomes."""

    def __init__(self, out: Path, plan: Plan) -> None:
        if out.exists():
            raise InputError(f"{out} is there already", "name another file, or remove it")
        self.out, self.plan, self.done = out, plan, Progress()
        self.part = out.with_name(f"{out.name}.part")
        self._state = out.with_name(f"{out.name}.progress")
        if self._state.exists():
            self._resume(json.loads(self._state.read_text(encoding="utf-8")))
        elif self.part.exists():
            raise InputError(f"{self.part} is there already", "remove it, or name another file")

    def _resume(self, kept: dict[str, Any]) -> None:
        asked = {"format": self.plan.format, "query": self.plan.query}
        if {name: kept[name] for name in asked} != asked:
            problem = f"{self._state} is of another export"
            raise InputError(problem, "name another file, or remove it and the .part beside it")
        self.plan = self.plan._replace(began=datetime.fromisoformat(kept["began"]))
        self.done = Progress(**kept["done"])

    def save(self, far: Progress) -> None:
        """Note how far the export is, so that it is the old or the new note that is found."""
        kept = {
            "format": self.plan.format,
            "query": self.plan.query,
            "began": self.plan.began.isoformat(),
            "done": far._asdict(),
        }
        fresh = self._state.with_name(f"{self._state.name}.new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._state)

    def finish(self, done: Progress) -> str:
        """Give the file its name and its manifest; return in words where they are."""
        sha256 = export_files.sha256_of(self.part)
        told = exports.manifest_of(self.plan, done, sha256, timezone.now())
        name = self.out.name.removesuffix(f".{ZIP}") if self.plan.packed == ZIP else self.out.name
        listed = json.dumps(told | {"file": name}, ensure_ascii=False, indent=2) + "\n"
        manifest = self.out.with_name(f"{self.out.name}.manifest.json")
        manifest.write_text(listed, encoding="utf-8")
        if self.plan.packed == ZIP:
            export_files.zipped(self.out, {name: self.part, "manifest.json": listed})
            self.part.unlink()
        else:
            self.part.replace(self.out)
        self._state.unlink(missing_ok=True)
        return f"{self.out}, {manifest.name}"


def _query(given: list[str]) -> dict[str, list[str]]:
    """Return NAME=VALUE… as a query; InputError for what is not so written."""
    query: dict[str, list[str]] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals:
            raise InputError(f"--query {word!r} has no value", "write it as NAME=VALUE")
        query.setdefault(name, []).append(value)
    return query
