"""Stored rows -> JSON-LD: W3C Web Annotations and schema.org. Wants rows loaded as formats.py does.

Neither vocabulary has words for doubt, so each document adds those of this site (`qt:`, explained
at /ns/): confidence, review, attribution. Only a speaker who is likely, or whom people have
confirmed, stands where the standard would state him as a fact (`Attribution.names_speaker`).
"""

from typing import Any

from django.conf import settings

from quotes import citations
from quotes.bylines import Author, authors
from quotes.interchange import Attribution, absolute, attribution_of, moment
from quotes.models import ArticleVersion, Quotation, QuotationSpan, Speaker
from quotes.nlp.document import Act, Kind, SpeakerKind
from quotes.plain_words import UNKNOWN

Node = dict[str, Any]
ANNOTATIONS = "http://www.w3.org/ns/anno.jsonld"
SCHEMA_ORG = "https://schema.org"
WIKIDATA = "http://www.wikidata.org/entity/"


def vocabulary() -> str:
    """Return the namespace of this site's own words, whose page explains them."""
    return f"{settings.SITE_URL}/ns/#"


def context(standard: str) -> list[Any]:
    """Return the JSON-LD context of a standard with this site's own words."""
    return [standard, {"qt": vocabulary()}]


def doubt(row: Quotation) -> Node:
    """Return what says how far a quotation is to be believed, in this site's words."""
    return {
        "qt:kind": row.kind,
        "qt:act": row.act,
        "qt:factuality": row.factuality or UNKNOWN,
        "qt:attribution": attribution_of(row).value,
        "qt:confidence": row.confidence,
        "qt:speakerConfidence": row.speaker_confidence,
        "qt:review": row.review or "none",
        "qt:status": row.status,
    }


# --- Web Annotation


def annotation(row: Quotation) -> Node:
    """Return a quotation as a Web Annotation with a target for each piece, without its context.

    Positions are code points into the stored text (`state.cached`), not into the live page.
    Source: W3C Recommendation "Web Annotation Data Model", 23 February 2017.
    """
    return {
        "id": absolute(row.get_absolute_url()),
        "type": "Annotation",
        "motivation": "identifying",
        "creator": {"type": "Software", "name": row.extraction.run.code_version},
        "created": moment(row.created_at),
        "modified": moment(row.updated_at),
        "body": list(_bodies(row)),
        "target": [_target(row.version, span) for span in row.spans_of(QuotationSpan.Role.CONTENT)],
        **doubt(row),
    }


def _bodies(row: Quotation) -> list[Node]:
    attribution, speaker = attribution_of(row), row.speaker
    named: list[Node] = []
    if attribution.names_speaker and row.is_said:
        name = speaker.name if speaker else row.speaker_name
        named.append(_text_body("identifying", name, row))
        if speaker and speaker.wikidata_id:
            named.append(_wikidata_body(speaker, row))
    return [
        *named,
        _text_body("classifying", row.kind),
        _text_body("describing", citations.attribution(row.citable())),
        _text_body("assessing", assessment(row)),
    ]


def _text_body(purpose: str, value: str, row: Quotation | None = None) -> Node:
    body: Node = {
        "type": "TextualBody",
        "purpose": purpose,
        "format": "text/plain",
        "value": value,
    }
    return body | ({"qt:speakerConfidence": row.speaker_confidence} if row else {})


def _wikidata_body(speaker: Speaker, row: Quotation) -> Node:
    return {
        "type": "SpecificResource",
        "purpose": "identifying",
        "source": f"{WIKIDATA}{speaker.wikidata_id}",
        "qt:speakerConfidence": row.speaker_confidence,
    }


_SURE = {
    Attribution.REVIEWED: "Words and speaker reviewed by people.",
    Attribution.LIKELY: "Speaker likely, found by software and not reviewed.",
    Attribution.UNSURE: "Speaker unsure, found by software and not reviewed: {name}?",
    Attribution.ANONYMOUS: "The article does not name the speaker.",
    Attribution.NONE: "No speaker found.",
}


def assessment(row: Quotation) -> str:
    """Return in a sentence how far words and speaker are to be believed."""
    attribution = attribution_of(row)
    name = row.speaker.name if row.speaker else row.speaker_name
    words = _SURE[attribution].format(name=citations.one_line(name))
    if attribution is Attribution.REVIEWED:
        return words
    return (
        f"{words} Probability that words and source are right: {row.confidence:.2f};"
        f" and that the speaker is: {row.speaker_confidence:.2f}."
    )


def _target(version: ArticleVersion, span: QuotationSpan) -> Node:
    stored = absolute(version.get_absolute_url())
    return {
        "source": version.article.url or stored,
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": span.exact,
                "prefix": getattr(span, "before", ""),
                "suffix": getattr(span, "after", ""),
            },
            {"type": "TextPositionSelector", "start": span.start, "end": span.end},
        ],
        "state": {
            "type": "TimeState",
            "sourceDate": moment(version.retrieved_at),
            "cached": stored,
        },
    }


# --- schema.org

_SCHEMA_TYPES = {
    SpeakerKind.PERSON.value: "Person",
    SpeakerKind.ORGANISATION.value: "Organization",
    SpeakerKind.GROUP.value: "Organization",
}


def quotation_node(row: Quotation) -> Node:
    """Return a quotation as a schema.org Quotation, without its context.

    Who spoke is its `creator` where the words are the speaker's, `spokenByCharacter` where they
    are the article's ("to whom the quotation is attributed within the containing CreativeWork"),
    a document that is quoted what it `isBasedOn`; and none of these where that is in doubt or
    nobody need have said it.
    """
    address = absolute(row.get_absolute_url())
    node: Node = {
        "@type": "Quotation",
        "@id": address,
        "url": address,
        "identifier": row.uid,
        "text": row.content,
        "description": citations.attribution(row.citable()),
        "inLanguage": row.version.language,
        "datePublished": moment(row.version.published_at or row.version.published_on),
        "isPartOf": article_node(row.version),
        **doubt(row),
        "qt:assessment": assessment(row),
        "qt:speakerName": row.speaker_name,
        "qt:paragraph": row.paragraph_index,
    }
    if row.act == Act.SPEECH and row.is_said and attribution_of(row).names_speaker:
        node[_relation(row)] = _speaker_of(row)
    return _filled(node)


def _relation(row: Quotation) -> str:
    if row.speaker_kind == SpeakerKind.DOCUMENT:
        return "isBasedOn"
    return "spokenByCharacter" if row.kind == Kind.INDIRECT else "creator"


def _speaker_of(row: Quotation) -> Node:
    if row.speaker:
        return speaker_node(row.speaker)
    return {"@type": _type_of(row.speaker_kind), "name": row.speaker_name}


def _type_of(kind: str) -> str:
    return _SCHEMA_TYPES.get(kind, "CreativeWork")


def speaker_node(speaker: Speaker) -> Node:
    """Return a speaker as a schema.org Person or Organization, without its context."""
    address = absolute(speaker.get_absolute_url())
    return _filled(
        {
            "@type": _type_of(speaker.kind),
            "@id": address,
            "url": address,
            "name": speaker.name,
            "description": speaker.description,
            "sameAs": f"{WIKIDATA}{speaker.wikidata_id}" if speaker.wikidata_id else "",
        }
    )


def article_node(version: ArticleVersion) -> Node:
    """Return an article version as a schema.org NewsArticle, without its context or text."""
    outlet = version.article.outlet
    stored = absolute(version.get_absolute_url())
    return _filled(
        {
            "@type": "NewsArticle",
            "@id": stored,
            "url": version.article.url or stored,
            "archivedAt": stored,
            "headline": version.title,
            "author": [_author(author) for author in authors(version.byline)],
            "publisher": {"@type": "Organization", "name": outlet.name} if outlet else None,
            "articleSection": version.section,
            "inLanguage": version.language,
            "datePublished": moment(version.published_at or version.published_on),
        }
    )


def _author(author: Author) -> Node | str:
    # Who is no person may be an agency or anything else: a name, and no type, is all we know.
    return author.literal or {"@type": "Person", "name": author.name}


def _filled(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in ("", None, [])}
