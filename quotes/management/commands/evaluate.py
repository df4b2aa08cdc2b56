"""`manage.py evaluate`: measure extraction on articles annotated by hand."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from quotes.extraction import configured_extractor, extract_groups, in_groups
from quotes.gold import Prediction, checked, read_gold, read_predictions
from quotes.management.arguments import add_workers
from quotes.nlp.evaluation.errors import ErrorClass, classes
from quotes.nlp.evaluation.report import render, render_errors
from quotes.nlp.evaluation.scores import Scores, evaluate
from quotes.nlp.evaluation.units import Attribution, GoldArticle, predicted
from quotes.refusals import Refusal

_INTERRUPTED = 130
Judged = tuple[GoldArticle, tuple[Attribution, ...]]


class Command(BaseCommand):
    """Prints the figures of what could be read; CommandError at the end if something could not."""

    help = (
        "Measure extraction on your own gold: folders of brat .txt and .ann files as PolNeAR has "
        'them, or JSON lines {"id", "text", "attributions": [{"source", "cue", "content"}]}. '
        "Definitions and formats: docs/evaluation.md. Stores nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add GOLD… and the options."""
        parser.add_argument("gold", nargs="+", metavar="GOLD", help="folder, .ann, .jsonl[.gz]")
        parser.add_argument(
            "--predictions", metavar="FILE", help="judge these JSON lines; else extract now"
        )
        parser.add_argument("--annotator", default="", help="whose .ann, where a text has several")
        parser.add_argument("--ci", action="store_true", help="add 95 %% intervals over articles")
        parser.add_argument(
            "--errors", type=int, metavar="N", help="list classes of errors with N examples of each"
        )
        parser.add_argument("--json", metavar="FILE", help="write all figures there as well")
        add_workers(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Read, predict, compare, show."""
        self.refused = self.without = 0
        try:
            articles = list(self._articles(options["gold"], options["annotator"]))
            if options["predictions"] is None:
                judged = list(self._extracted(articles, options["workers"]))
            else:
                judged = list(self._given(articles, options["predictions"]))
        except KeyboardInterrupt as error:
            raise CommandError("interrupted", returncode=_INTERRUPTED) from error
        if not judged:
            raise CommandError("no article to evaluate; the reasons are above")
        scores = evaluate(judged, intervals=options["ci"])
        errors = classes(judged, max(0, options["errors"] or 0))
        self._show(scores, errors, options)
        if self.refused:
            raise CommandError(f"{self.refused} refused and not judged; the reasons are above")

    def _articles(self, paths: Iterable[str], annotator: str) -> Iterator[GoldArticle]:
        for item in read_gold(paths, annotator=annotator):
            if isinstance(item, GoldArticle):
                yield item
            elif isinstance(item, Refusal):
                self._refuse(item)
            else:
                self._tell(item)

    def _extracted(self, articles: list[GoldArticle], workers: int) -> Iterator[Judged]:
        """Yield each article with what the extractor finds in it now."""
        shown = tqdm(articles, unit=" articles", disable=None)
        groups = in_groups(shown, lambda article: len(article.text), workers=workers)
        for group, results in extract_groups(groups, _texts, predicted, workers=workers):
            for article, found in zip(group, results, strict=True):
                if not isinstance(found, Exception):
                    yield article, found
                    continue
                problem = f"could not be processed ({found})"
                remedy = "check its text; the other articles are not affected"
                place = {"origin": article.origin, "line": article.line}
                self._refuse(Refusal(**place, problem=problem, remedy=remedy))

    def _given(self, articles: list[GoldArticle], path: str) -> Iterator[Judged]:
        """Yield each article with its line of the predictions; none found where it has no line."""
        lines = self._predictions(path)
        if not lines and self.refused:
            return
        for article in articles:
            prediction = lines.pop(article.id, None)
            if prediction is None:
                self.without += 1
                yield article, ()
            elif refusal := checked(prediction, article):
                self._refuse(refusal)
            else:
                yield article, prediction.attributions
        if self.without:
            self._tell(f"{path}: {self.without} articles have no line: judged as nothing found")
        if lines:
            self._tell(f"{path}: {len(lines)} lines are of no article of the gold: left out")

    def _predictions(self, path: str) -> dict[str, Prediction]:
        lines: dict[str, Prediction] = {}
        for item in read_predictions(path):
            if isinstance(item, Refusal):
                self._refuse(item)
            elif item.id in lines:
                problem = f"has the id {item.id!r} of line {lines[item.id].line}"
                remedy = "write one line an article"
                self._refuse(Refusal(origin=path, line=item.line, problem=problem, remedy=remedy))
            else:
                lines[item.id] = item
        return lines

    def _show(self, scores: Scores, errors: list[ErrorClass], options: dict[str, Any]) -> None:
        if options["json"]:
            self._write(Path(options["json"]), scores, errors, options)
        try:
            self.stdout.write(render(scores))
            if options["errors"] is not None:
                self.stdout.write("\n" + render_errors(errors))
            self.stdout.flush()
        except BrokenPipeError:
            # The reader has enough. Python would complain again when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _write(
        self, path: Path, scores: Scores, errors: list[ErrorClass], options: dict[str, Any]
    ) -> None:
        """Write the figures, what was judged, and what made the predictions."""
        extractor = None if options["predictions"] else configured_extractor().provenance
        record = {
            "gold": options["gold"],
            "predictions": options["predictions"],
            "extractor": extractor and extractor.code_version,
            "fingerprint": extractor and extractor.fingerprint,
            "refused": self.refused,
            "without_prediction": self.without,
            "scores": scores.model_dump(mode="json"),
            "errors": {error.name: error.count for error in errors},
        }
        try:
            path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
        except OSError as error:
            problem = f"{path}: cannot be written ({error.strerror or error}); name another file"
            raise CommandError(problem) from error

    def _refuse(self, refusal: Refusal) -> None:
        self.refused += 1
        self._tell(str(refusal))

    def _tell(self, line: str) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(line)


def _texts(articles: list[GoldArticle]) -> list[str]:
    return [article.text for article in articles]
