"""A stored quotation -> where it came from, as PROV-JSON: text, bytes, software, people.

Entities are the bytes that were read, the article's text, the quotation and its former readings;
activities the reading, the extraction and the decisions of people; agents the software, the
outlet and the reviewers, who are pseudonyms here. Wants rows loaded as formats.py does.
Source: W3C Member Submission "The PROV-JSON Serialization", 24 April 2013.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from quotes.interchange import absolute, attribution_of, moment
from quotes.linked_data import vocabulary
from quotes.models import (
    ArticleVersion,
    Change,
    Decision,
    Extraction,
    ExtractionRun,
    Quotation,
    QuotationSpan,
)
from quotes.plain_words import UNKNOWN

Document = dict[str, Any]
_PSEUDONYM_CHARS = 16
_PLACES = {
    "quote": "/q/",
    "speaker": "/speakers/",
    "run": "/runs/",
    **{
        name: f"/ns/{name}/"
        for name in (
            "version", "bytes", "reading", "import", "extraction", "decision", "software",
            "outlet", "reviewer",
        )
    },
}  # fmt: skip
_CORRECTIONS = (Decision.Kind.SPEAKER, Decision.Kind.SPAN)


def prefixes() -> dict[str, str]:
    """Return the namespaces of a document: this site's, and its words."""
    return {
        "qt": vocabulary(),
        **{name: f"{settings.SITE_URL}{path}" for name, path in _PLACES.items()},
    }


def document(row: Quotation) -> Document:
    """Return the provenance of one quotation as a PROV-JSON document."""
    return {"prefix": prefixes(), **statements(row)}


def bundle_id(row: Quotation) -> str:
    """Return the name of a quotation's statements in a document of many."""
    return f"quote:{row.uid}-provenance"


def statements(row: Quotation) -> Document:
    """Return the provenance of a quotation as the content of a PROV-JSON document or bundle."""
    graph = _Graph()
    version = _article(graph, row.version)
    extraction = _extraction(graph, row.extraction, version)
    quote = f"quote:{row.uid}"
    _quotation(graph, row, quote)
    graph.relate("wasDerivedFrom", "Quotation", generatedEntity=quote, usedEntity=version)
    decisions = sorted(row.decisions.all(), key=lambda one: one.pk)
    first = _readings(graph, row, quote, decisions)
    graph.relate(
        "wasGeneratedBy", entity=first, activity=extraction, time=moment(row.extraction.created_at)
    )
    if row.predecessor:
        former = f"quote:{row.predecessor.uid}"
        graph.add("entity", former)
        graph.relate("wasDerivedFrom", "Revision", generatedEntity=quote, usedEntity=former)
    _invalidation(graph, row, quote, decisions, version)
    return graph.content


class _Graph:
    """Statements by their type; relations are numbered, as blank identifiers."""

    def __init__(self) -> None:
        self.content: dict[str, dict[str, Any]] = defaultdict(dict)
        self._relations = 0

    def add(self, kind: str, name: str, **attributes: Any) -> str:
        """Add an entity, activity or agent with those attributes that have a value."""
        self.content[kind].setdefault(name, {}).update(_attributes(attributes))
        return name

    def relate(self, kind: str, subtype: str = "", **attributes: Any) -> None:
        """Add a relation; its attributes are PROV's, or of this site as `qt_…`."""
        self._relations += 1
        if subtype:
            attributes["type"] = _qualified(f"prov:{subtype}")
        self.content[kind][f"_:r{self._relations}"] = _attributes(attributes)


def _attributes(given: dict[str, Any]) -> dict[str, Any]:
    return {
        f"qt:{name[3:]}" if name.startswith("qt_") else f"prov:{name}": value
        for name, value in given.items()
        if value not in (None, "")
    }


def _qualified(name: str) -> dict[str, str]:
    return {"$": name, "type": "xsd:QName"}


def _double(number: float) -> dict[str, str]:
    return {"$": repr(float(number)), "type": "xsd:double"}


def _uri(address: str) -> dict[str, str] | None:
    return {"$": address, "type": "xsd:anyURI"} if address else None


# --- the article


def _article(graph: _Graph, version: ArticleVersion) -> str:
    """Add the text of an article, the bytes that it was made of, and how; return its name."""
    name = f"{version.article.uid}-{version.number}"
    raw = graph.add(
        "entity",
        f"bytes:{version.source_sha256}",
        type=_qualified("qt:SourceBytes"),
        location=_uri(version.article.url),
        qt_sha256=version.source_sha256,
        qt_mediaType=version.media_type,
    )
    text = graph.add(
        "entity",
        f"version:{name}",
        type=_qualified("qt:ArticleText"),
        label=version.title,
        location=_uri(absolute(version.get_absolute_url())),
        qt_sha256=version.text_id,
        qt_publishedOn=moment(version.published_at or version.published_on),
        qt_textNote=version.text_note,
    )
    done = graph.add(
        "activity",
        f"import:{name}",
        endTime=moment(version.retrieved_at),
        type=_qualified("qt:Import"),
        qt_method=version.method,
    )
    reader = graph.add(
        "agent",
        f"software:{_local(version.text_extractor)}",
        type=_qualified("prov:SoftwareAgent"),
        label=version.text_extractor,
    )
    graph.relate("wasAssociatedWith", activity=done, agent=reader)
    graph.relate("used", activity=done, entity=raw)
    graph.relate("wasGeneratedBy", entity=text, activity=done, time=moment(version.retrieved_at))
    graph.relate("wasDerivedFrom", generatedEntity=text, usedEntity=raw, activity=done)
    if outlet := version.article.outlet:
        publisher = graph.add(
            "agent",
            f"outlet:{outlet.slug}",
            type=_qualified("prov:Organization"),
            label=outlet.name,
        )
        graph.relate("wasAttributedTo", entity=text, agent=publisher)
    if version.number > 1:
        former = graph.add("entity", f"version:{version.article.uid}-{version.number - 1}")
        graph.relate("wasDerivedFrom", "Revision", generatedEntity=text, usedEntity=former)
    return text


def _local(words: str) -> str:
    """Return `words` as a name that PROV-JSON can hold behind a prefix."""
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in words)


def _extraction(graph: _Graph, extraction: Extraction, version: str) -> str:
    """Add that a run read the article's text; return the activity's name."""
    run: ExtractionRun = extraction.run
    name = graph.add(
        "activity",
        f"extraction:{run.uid}-{version.removeprefix('version:')}",
        endTime=moment(extraction.created_at),
        type=_qualified("qt:Extraction"),
        qt_run=_qualified(f"run:{run.uid}"),
    )
    extractor = graph.add(
        "agent",
        f"software:{run.fingerprint}",
        type=_qualified("prov:SoftwareAgent"),
        label=run.code_version,
        qt_codeSha256=run.code_sha256,
    )
    graph.relate("wasAssociatedWith", activity=name, agent=extractor)
    graph.relate("used", activity=name, entity=version)
    return name


# --- the quotation


def _quotation(graph: _Graph, row: Quotation, name: str) -> None:
    attribution = attribution_of(row)
    pieces = row.spans_of(QuotationSpan.Role.CONTENT)
    graph.add(
        "entity",
        name,
        type=_qualified("qt:Quotation"),
        location=_uri(absolute(row.get_absolute_url())),
        value=row.content,
        qt_kind=row.kind,
        qt_act=row.act,
        qt_factuality=row.factuality or UNKNOWN,
        qt_pieces=" ".join(f"{span.start}-{span.end}" for span in pieces),
        qt_speakerName=row.speaker_name,
        qt_speakerKind=row.speaker_kind,
        qt_attribution=attribution.value,
        qt_confidence=_double(row.confidence),
        qt_speakerConfidence=_double(row.speaker_confidence),
        qt_review=row.review or "none",
        qt_status=row.status,
    )
    if row.speaker and attribution.names_speaker and row.is_said:
        who = graph.add(
            "agent",
            f"speaker:{row.speaker.slug}",
            label=row.speaker.name,
            location=_uri(absolute(row.speaker.get_absolute_url())),
            qt_wikidata=row.speaker.wikidata_id,
        )
        graph.relate(
            "wasAttributedTo",
            entity=name,
            agent=who,
            qt_attribution=attribution.value,
            qt_speakerConfidence=_double(row.speaker_confidence),
        )


def _readings(graph: _Graph, row: Quotation, quote: str, decisions: list[Decision]) -> str:
    """Add the decisions of people; return the name of the reading that extraction made.

    That is the quotation itself, or, where people corrected it, the first of its readings, from
    which each correction made the next and the last one the quotation as it is now.
    """
    corrections = [one for one in decisions if one.kind in _CORRECTIONS and not _is_undone(one)]
    readings = [f"reading:{row.uid}-{number}" for number in range(len(corrections))]
    chain = [*readings, quote]
    for name in readings:
        graph.add("entity", name, type=_qualified("qt:Quotation"))
    for number, decision in enumerate(corrections):
        done = _decision(graph, decision)
        before, after = chain[number], chain[number + 1]
        graph.relate("used", activity=done, entity=before)
        graph.relate("wasGeneratedBy", entity=after, activity=done, time=moment(decision.at))
        graph.relate(
            "wasDerivedFrom", "Revision", generatedEntity=after, usedEntity=before, activity=done
        )
    for decision in decisions:
        if decision not in corrections:
            graph.relate("used", activity=_decision(graph, decision), entity=quote)
    return chain[0]


def _is_undone(decision: Decision) -> bool:
    return getattr(decision, "undone_by", None) is not None


def _decision(graph: _Graph, decision: Decision) -> str:
    """Add a decision and who took it, as a pseudonym; return the activity's name."""
    name = graph.add(
        "activity",
        f"decision:{decision.uid}",
        endTime=moment(decision.at),
        type=_qualified("qt:Review"),
        qt_decision=decision.kind,
        qt_undone="true" if _is_undone(decision) else "",
    )
    reviewer = graph.add("agent", f"reviewer:{pseudonym(decision)}", type=_qualified("prov:Person"))
    graph.relate("wasAssociatedWith", activity=name, agent=reviewer)
    return name


def pseudonym(decision: Decision) -> str:
    """Return what stands for who took a decision: always the same, and not to be traced back."""
    who = f"account:{decision.by_id}" if decision.by_id else f"name:{decision.by_name}"
    return salted_hmac("quotes.provenance", who, algorithm="sha256").hexdigest()[:_PSEUDONYM_CHARS]


def _invalidation(
    graph: _Graph, row: Quotation, quote: str, decisions: list[Decision], version: str
) -> None:
    """Add what ended the quotation: people who rejected it, or a run that found it no more."""
    if row.status == Quotation.Status.REJECTED:
        for decision in _rejections(decisions):
            done = _decision(graph, decision)
            graph.relate("wasInvalidatedBy", entity=quote, activity=done, time=moment(decision.at))
    if row.status == Quotation.Status.GONE:
        for change in _losses(row):
            done = _extraction(graph, change.extraction, version)
            at = moment(change.extraction.created_at)
            graph.relate("wasInvalidatedBy", entity=quote, activity=done, time=at)


def _rejections(decisions: list[Decision]) -> Iterator[Decision]:
    taken = [d for d in decisions if d.kind == Decision.Kind.REJECT and not _is_undone(d)]
    yield from taken[-1:]


def _losses(row: Quotation) -> Iterator[Change]:
    lost = [change for change in row.changes.all() if change.kind == Change.Kind.GONE]
    yield from sorted(lost, key=lambda change: change.extraction_id)[-1:]
