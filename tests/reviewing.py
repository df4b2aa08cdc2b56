"""A small stored world for the tests of what people decide: articles, speakers, reviewers."""

from typing import Any, NamedTuple

from django.contrib.auth.models import Permission, User

from quotes import store
from quotes.models import (
    ArticleVersion,
    ExtractionRun,
    MachineReading,
    Quotation,
    Speaker,
    SpeakerLink,
    SpeakerName,
    SpeakerNameKey,
    SpeakerSuggestion,
)
from quotes.nlp.document import Document, Evidence, Kind, SpeakerKind
from quotes.nlp.document import Speaker as Found
from tests import builders
from tests.builders import quotation, span

ROE = Found(name="Ana Roe", kind=SpeakerKind.PERSON, role="the minister", aliases=("Ms Roe",))
ROWE = Found(name="Ana Rowe", kind=SpeakerKind.PERSON)
COMMAND = Found(name="US Central Command", kind=SpeakerKind.ORGANISATION)
MONITOR = Found(name="a monitor", kind=SpeakerKind.ANONYMOUS)

TAX = (
    "Ana Roe said the café 🚆 tax would rise. “It must,” she told reporters.\n\n"
    "Ana Rowe said she had doubts. A monitor said nobody knew.\n\n"
    "US Central Command said there were no trains. Roe said it was sad.\n"
)
STRIKE = "“We strike,” said Ana Roe, the minister.\nAna Roe said the strike would end.\n"


class World(NamedTuple):
    """What is stored: two articles, in both of which Ana Roe speaks."""

    tax: ArticleVersion
    strike: ArticleVersion


def tax_document() -> Document:
    """Return the quotations of `TAX`: five speakers, one anonymous, one named in part."""
    text = TAX
    name = Evidence(role="name", span=span(text, "Ana Roe"), rule="own-name")
    back = Evidence(role="antecedent", span=span(text, "Ana Roe"), rule="pronoun")
    cue = Evidence(role="cue", span=span(text, "told"), rule="cue")
    she = Evidence(role="mention", span=span(text, "she", 0), rule="pronoun")
    return Document(
        text=text,
        quotations=(
            quotation(text, "the café 🚆 tax would rise", cue="said", source="Ana Roe",
                      speaker=ROE, evidence=(name,), confidence=0.9, speaker_confidence=0.85),
            quotation(text, "“It must,”", cue="told", kind=Kind.DIRECT, speaker=ROE,
                      evidence=(cue, she, back, name), confidence=0.8, speaker_confidence=0.4),
            quotation(text, "she had doubts", source="Ana Rowe", speaker=ROWE, confidence=0.6,
                      speaker_confidence=0.6),
            quotation(text, "nobody knew", source="A monitor", speaker=MONITOR, confidence=0.7,
                      speaker_confidence=0.7),
            quotation(text, "there were no trains", source="US Central Command", speaker=COMMAND,
                      confidence=0.95, speaker_confidence=0.95),
            quotation(text, "it was sad", speaker=ROE, confidence=0.5, speaker_confidence=0.3),
        ),
    )  # fmt: skip


def strike_document() -> Document:
    """Return the quotations of `STRIKE`, both by Ana Roe."""
    first = quotation(STRIKE, "“We strike,”", kind=Kind.DIRECT, cue="said", speaker=ROE)
    second = quotation(STRIKE, "the strike would end", speaker=ROE, confidence=0.7)
    return Document(text=STRIKE, quotations=(first, second))


def stored_world(run: ExtractionRun | None = None) -> World:
    """Store the two articles, and a suggestion that Ana Roe and Ana Rowe are one."""
    run = run or store.open_run(builders.provenance())
    tax = builders.source(TAX, origin="tax.txt", title="Tax to rise", outlet="The Daily Wire",
                          published_on="2026-03-04")  # fmt: skip
    strike = builders.source(STRIKE, origin="strike.txt", title="Strike", outlet="Evening Post",
                             published_on="2026-03-05")  # fmt: skip
    world = World(
        store.record(tax, tax_document(), run).version,
        store.record(strike, strike_document(), run).version,
    )
    one, other = sorted((called("Ana Roe"), called("Ana Rowe")), key=lambda s: s.pk)
    SpeakerSuggestion.objects.get_or_create(
        one=one, other=other, defaults={"reason": "one letter apart", "score": 0.6}
    )
    return world


def called(name: str) -> Speaker:
    """Return the speaker, the first of them, who is shown under `name`."""
    return Speaker.objects.filter(name=name).order_by("pk")[0]


def said(words: str) -> Quotation:
    """Return the quotation that has `words` in it."""
    return Quotation.objects.get(content__contains=words)


def reviewer(name: str = "jo", **fields: Any) -> User:
    """Return a user who may decide."""
    fields = {"first_name": name.capitalize(), "last_name": "Roe", **fields}
    user = User.objects.create_user(name, f"{name}@example.org", **fields)
    user.user_permissions.add(Permission.objects.get(codename="add_decision"))
    return User.objects.get(pk=user.pk)


_SHOWN = {
    Quotation: ("updated_at",),
    Speaker: ("updated_at",),
    SpeakerName: (),
    SpeakerNameKey: (),
    SpeakerLink: (),
    SpeakerSuggestion: (),
    MachineReading: ("id", "updated_at"),
}


def snapshot() -> dict[str, dict[Any, Any]]:
    """Return all that decisions can change, but for when it was changed."""
    tables: dict[str, dict[Any, Any]] = {}
    for model, left_out in _SHOWN.items():
        rows = model.objects.order_by("pk").values()  # type: ignore[attr-defined]
        key = "quotation_id" if model is MachineReading else "id"
        tables[model.__name__] = {
            row[key]: {k: v for k, v in row.items() if k not in left_out} for row in rows
        }
    for quotation_row in Quotation.objects.prefetch_related("spans"):
        spans = [(s.role, s.position, s.start, s.end, s.exact, s.rule)
                 for s in quotation_row.spans.all()]  # fmt: skip
        tables["Quotation"][quotation_row.pk]["spans"] = sorted(spans)
    return tables
