"""The parts of the model card that are made of figures: each a piece of Markdown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quotes.nlp.training.corpora import corpora
from quotes.nlp.training.known_failures import NOTHING
from quotes.nlp.training.recipe import Stage, recipe
from quotes.nlp.training.steps import shown_minutes

UNMEASURED = "Not measured with these weights yet."


@dataclass(frozen=True)
class Facts:
    """What the card is made of: figures of the shipped network by name, and both manifests."""

    figures: Mapping[str, dict[str, Any]]
    tagger: dict[str, Any]
    stanza: dict[str, Any]


Part = Callable[[Facts], str]
Row = Sequence[object]


def table(head: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table; bars inside cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|")


def _measured(name: str) -> Callable[[Callable[[Facts, dict[str, Any]], str]], Part]:
    """Make of a function of figures a part of the card: what it returns, or that they lack."""

    def made(part: Callable[[Facts, dict[str, Any]], str]) -> Part:
        def shown(facts: Facts) -> str:
            found = facts.figures.get(name)
            return UNMEASURED if found is None else part(facts, found)

        return shown

    return made


def _percent(value: float) -> str:
    return f"{value:.1f}"


def _with_interval(value: float, ends: Sequence[float] | None, *, bold: bool = False) -> str:
    mark = "**" if bold else ""
    shown = f"{mark}{_percent(value)}{mark}"
    return shown if ends is None else f"{shown} [{ends[0]:.1f}–{ends[1]:.1f}]"


def summary(facts: Facts) -> str:
    """Return the headline figures in one sentence."""
    found = facts.figures.get("evaluation")
    if found is None:
        return UNMEASURED
    overall, speech = found["groups"]["all"], found["groups"]["speech"]
    sure = facts.figures.get("confidence")
    return (
        f"of {found['gold']:,} attributions in {found['articles']} news articles it finds "
        f"{_percent(overall['end_to_end']['recall'])} % with their source, and "
        f"{_percent(overall['end_to_end']['precision'])} % of what it gives is right "
        f"(speech alone: {_percent(speech['end_to_end']['recall'])} % found)."
        f"{_surest(sure) if sure else ''}"
    )


def _surest(found: dict[str, Any]) -> str:
    return (
        f" Where it is surest, at a confidence of {found['speech_threshold']:.2f} and more, "
        f"{_share(found['speech_kept_at_95']['precision'])} % of speech is right."
    )


def data(_: Facts) -> str:
    """Return what was trained on what, with terms and their meaning."""
    rows = [
        (f"{item.title} ({item.where}; release {item.release})", item.trains, item.licence,
         item.meaning)
        for item in corpora()
    ]  # fmt: skip
    return table(("corpus", "trains", "terms", "what that means"), rows)


def stages(_: Facts) -> str:
    """Return the stages of the network with their options."""
    steps = recipe()
    rows = [(s.name, s.what, _options(s), shown_minutes(s.minutes), s.made) for s in steps.stages]
    made = table(
        ("stage", "what is learned", "options", "took", "how the shipped one was made"), rows
    )
    return (
        f"{made}\n\nExported is stage {steps.export}. Times are of {steps.reference}. "
        "Options that are not named are at their defaults (`tagger-train --help`)."
    )


def _options(stage: Stage) -> str:
    if stage.blend is not None:
        return f"{stage.blend[0]} and {stage.blend[1]}, share {stage.share}"
    named = [f"{name.replace('_', '-')} {value}" for name, value in (stage.train or {}).items()]
    start = [f"from {stage.init}" if stage.init else "from the encoder"]
    return ", ".join(start + named)


@_measured("evaluation")
def evaluation_size(_: Facts, found: dict[str, Any]) -> str:
    """Return what was measured on."""
    return f"{found['articles']} articles, {found['words']:,} words, {found['gold']:,} attributions"


@_measured("evaluation")
def attitudes(_: Facts, found: dict[str, Any]) -> str:
    """Return the share of attributions that are no speech."""
    return f"{100 - 100 * found['groups']['speech']['gold'] / found['gold']:.0f} %"


@_measured("evaluation")
def kinds(_: Facts, found: dict[str, Any]) -> str:
    """Return the figures of each kind of quotation."""
    ends = found["intervals"]
    rows = []
    for name, group in found["groups"].items():
        path = f"groups.{name}"
        rows.append((
            name, f"{group['gold']:,}", _percent(group["found"]["recall"]),
            _with_interval(group["attribution_accuracy"], ends.get(f"{path}.attribution_accuracy")),
            _percent(group["end_to_end"]["precision"]), _percent(group["end_to_end"]["recall"]),
            _with_interval(group["end_to_end"]["f1"], ends.get(f"{path}.end_to_end.f1"), bold=True),
        ))  # fmt: skip
    head = ("", "gold", "found", "source right, of those found", "end to end: precision", "recall",
            "F1")  # fmt: skip
    return table(head, rows)


@_measured("mentions")
def mentions(_: Facts, found: dict[str, Any]) -> str:
    """Return the figures of each type of mention."""
    names = {"none": "none: nobody is named"}
    rows = [
        (names.get(kind, f"a {kind}"), f"{of['gold']:,}", _percent(of["found"][0]),
         _with_interval(of["source_right"][0], of["source_right"][1:]),
         _percent(of["precision"][0]), _percent(of["recall"][0]),
         _with_interval(of["f1"][0], of["f1"][1:], bold=True))
        for kind, of in found["types"].items()
    ]  # fmt: skip
    head = ("the source is", "gold", "found", "source right, of those found", "precision",
            "recall", "F1")  # fmt: skip
    return table(head, rows)


@_measured("evaluation")
def spans(facts: Facts, found: dict[str, Any]) -> str:
    """Return how exactly spans are found, by the whole extractor and by the network alone."""
    alone = facts.figures.get("tagger", {})
    rows = []
    for role, of in found["roles"].items():
        ends = found["intervals"]
        rows.append((
            role, _with_interval(of["exact"]["f1"], ends.get(f"roles.{role}.exact.f1")),
            _with_interval(of["runs"]["f1"], ends.get(f"roles.{role}.runs.f1")),
            _percent(alone[role]["f1"]) if role in alone else "–",
            _with_interval(of["tokens"]["f1"], ends.get(f"roles.{role}.tokens.f1")),
            _percent(of["partial"]["f1"]),
        ))  # fmt: skip
    head = ("", "exact", "as a labeller", "as a labeller, network alone", "words", "partial")
    return table(head, rows)


@_measured("speakers")
def speakers(_: Facts, found: dict[str, Any]) -> str:
    """Return how often the name is right."""
    return (
        f"{found['gold']} attributions in {found['articles']} of these articles, labelled by "
        "hand; the rules were looked at on them while they were written, so the figures flatter. "
        f"Of the {found['matched']} that were found, {_percent(found['accuracy'])} % have the "
        f"right full name ({_percent(found['accuracy_partial'])} % if part of it will do); of all, "
        f"{_percent(found['end_to_end'])} %. By "
        "`manage.py evaluate SPEAKERS.jsonl --json speakers.json`, gold with `speakers`."
    )


ENTITY_SETS = ("ner-worldwide-dev", "gum-coref-dev")
_SETS = {
    "ud-pud-test": "PUD (news, encyclopaedia)",
    "ud-gum-test": "GUM test (six genres)",
    "ud-ewt-test": "EWT test (web)",
    "ner-worldwide-dev": "en-worldwide, development",
    "gum-coref-dev": "names in GUM, which nothing was trained on",
}


@_measured("stanza")
def treebanks(_: Facts, found: dict[str, Any]) -> str:
    """Return the scores on treebanks from raw text."""
    named = {name: row for name, row in found.items() if name.startswith("ud-")}
    columns = list(next(iter(named.values())))
    rows = [
        (_SETS.get(name, name), *(f"{row[c]:.2f}" for c in columns)) for name, row in named.items()
    ]
    return table(("", *columns), rows)


@_measured("stanza")
def entities(_: Facts, found: dict[str, Any]) -> str:
    """Return the scores of named entities."""
    named = {name: row for name, row in found.items() if name in ENTITY_SETS}
    lines = [
        f"- {_SETS.get(name, name)}: **F1 {row['F1']:.1f}**; "
        + ", ".join(f"{kind} {value:.1f}" for kind, value in row.items() if kind != "F1")
        for name, row in named.items()
    ]
    return "\n".join(lines)


@_measured("confidence")
def confidence(_: Facts, found: dict[str, Any]) -> str:
    """Return how good the confidence is, and what its thresholds keep."""
    kept = found["speech_kept_at_95"]
    rows = [
        (name.replace("_", " "), f"{of['quotations']:,.0f}", _share(of["right"]),
         _share(of["mean_confidence"]), f"{of['ece_equal_width']:.3f}",
         f"{of['ece_equal_mass']:.3f}", f"{of['auc']:.3f}")
        for name in ("all", "speech", "attitude", "other_publishers") if (of := found[name])
    ]  # fmt: skip
    head = ("quotations", "number", "right, %", "stated, mean %", "calibration error, equal width",
            "equal size", "AUC")  # fmt: skip
    curve = [
        (low, _share(of["precision"]), _share(of["recall"]))
        for low, of in found["speech_from"].items()
    ]
    return (
        "The probability that content and source are both right, measured on articles that it was "
        f"not fitted on ({found['articles']} articles in {found['folds']} parts, "
        f"{found['repeats']} times; “other publishers”: fitted on all publishers "
        "but the article's own).\n\n"
        f"{table(head, rows)}\n\n"
        f"**Speech at a confidence of {found['speech_threshold']:.4f} or more**: "
        f"{_share(kept['precision'])} % right "
        f"[{_share(kept['precision_low'])}–{_share(kept['precision_high'])}] at a recall of "
        f"{_share(kept['recall'])} %, the threshold being chosen on other articles than it is "
        f"measured on. Other thresholds:\n\n{table(('from', 'right, %', 'recall, %'), curve)}"
    )


def _share(value: float) -> str:
    return _percent(100 * value)


@_measured("bench")
def speed(_: Facts, found: dict[str, Any]) -> str:
    """Return speed and memory as `make bench` recorded them."""
    machine = found["machine"]
    named = machine.get("processor", "") if isinstance(machine, dict) else str(machine)
    by = ", ".join(
        f"{name} {of['median']:,}" for name, of in found["stages"].items() if of.get("median")
    )
    return (
        f"{found['whole']['median']:,} words per CPU-second for the whole pipeline, one thread "
        f"({by}); peak memory {found['peak_rss_mb']:,} MB; first answer after "
        f"{found['load_cpu_s']} CPU-seconds; weights {found['weights_mb']} MB. {named}, "
        f"{str(found['date'])[:10]}, commit `{str(found.get('commit', 'unknown'))[:10]}`; "
        "`make bench`, more in [benchmarks](../../../docs/benchmarks.md)."
    )


@_measured("failures")
def failures(_: Facts, found: dict[str, Any]) -> str:
    """Return the sentences that come out wrong, and name those that come out right."""
    wrong = [
        (e["hard"], _inline(e["text"]), _inline(e["right"]), _inline(e["given"]))
        for e in found["examples"]
        if not e["ok"]
    ]
    right = [e["hard"] for e in found["examples"] if e["ok"]]
    shown = table(("what is hard", "text", "right", "given"), wrong)
    if not right:
        return shown
    return f"{shown}\n\nFrom the same list, right with these weights: {', '.join(right)}."


def _inline(text: str) -> str:
    return "nothing" if text == NOTHING else " ¶ ".join(filter(None, text.split("\n")))


def files(facts: Facts) -> str:
    """Return every shipped file of weights with size and hash, as the manifests have them."""
    rows = [
        (f"`{kind}/{name}`", f"{of['bytes']:,}", f"`{of['sha256']}`")
        for kind, manifest in (("quote_tagger", facts.tagger), ("stanza", facts.stanza))
        for name, of in manifest["files"].items()
    ]
    return table(("file", "bytes", "SHA-256"), rows)


PARTS: dict[str, Part] = {
    "summary": summary,
    "data": data,
    "stages": stages,
    "evaluation_size": evaluation_size,
    "attitudes": attitudes,
    "kinds": kinds,
    "mentions": mentions,
    "spans": spans,
    "speakers": speakers,
    "treebanks": treebanks,
    "entities": entities,
    "confidence": confidence,
    "speed": speed,
    "failures": failures,
    "files": files,
}
