"""/api/v1/check/: the quotations of a posted draft against the archive; nothing is stored."""

from typing import Any

from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import TextTooLong
from api.parsing import BoundedJSONParser
from api.resources import MayRead
from api.serializers import FactualityField, PlainJSONField, StrictTextField, absolute
from quotes import draft_reading, drafts, limits
from quotes.draft_judging import NOTE_WORDS, STATUS_WORDS
from quotes.draft_speakers import Same
from quotes.drafts import Checked, Report, Source
from quotes.models import FACTUALITIES, KINDS, Quotation
from quotes.params import CHECKING
from quotes.wording import Piece

_RESULTS = [(status.value, words) for status, words in STATUS_WORDS.items()]
_SPEAKERS = [(same.value, same.value) for same in Same]


class DraftSerializer(serializers.Serializer[Any]):
    """A draft to check."""

    text = StrictTextField(allow_blank=True, help_text="the draft, plain text or Markdown")
    id = PlainJSONField(required=False, allow_null=True, help_text="given back as it is")


class PieceSerializer(serializers.Serializer[Any]):
    """A run of one wording; `differs` if the other lacks it."""

    text = serializers.CharField(trim_whitespace=False)
    differs = serializers.BooleanField()


class DraftWarningSerializer(serializers.Serializer[Any]):
    """A difference that may turn what was said."""

    kind = serializers.CharField(help_text="negation, number or ellipsis")
    archive = serializers.CharField(help_text="the archive's words, empty if it has none")
    draft = serializers.CharField(help_text="the draft's words, empty if it has none")


class DraftSourceSerializer(serializers.Serializer[Any]):
    """A stored quotation that a draft's words were compared with."""

    quotation = serializers.CharField(help_text="its uid")
    url = serializers.URLField()
    page = serializers.URLField()
    result = serializers.ChoiceField(choices=_RESULTS)
    same_speaker = serializers.ChoiceField(choices=_SPEAKERS)
    speaker = serializers.CharField(allow_null=True, help_text="as the archive has it")
    factuality = FactualityField()
    similarity = serializers.FloatField(min_value=0, max_value=1)
    is_part = serializers.BooleanField(help_text="the archive has more words than the draft")
    words = serializers.CharField(help_text="the archive's words that stand for the draft's")
    published_on = serializers.DateField(allow_null=True)
    reviewed = serializers.BooleanField()
    draft_pieces = PieceSerializer(many=True, help_text="empty if the words are the same")
    archive_pieces = PieceSerializer(many=True)
    warnings = DraftWarningSerializer(many=True)
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="in what the stored text no longer has the words"
    )


class DraftPlaceSerializer(serializers.Serializer[Any]):
    """Where words stand in an article's text of which no stored quotation has them."""

    article = serializers.CharField(help_text="its uid")
    page = serializers.URLField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    paragraph = serializers.IntegerField()


class DraftQuotationSerializer(serializers.Serializer[Any]):
    """A quotation of the draft; offsets are code points into the sent text."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KINDS)
    is_block = serializers.BooleanField()
    start = serializers.IntegerField(help_text="its marks included")
    end = serializers.IntegerField()
    pieces = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="[start, end) of its words, without the marks around them",
    )
    speaker = serializers.CharField(allow_null=True, help_text="whom the draft names")
    factuality = serializers.ChoiceField(
        choices=FACTUALITIES, help_text="whether the draft reports it as said"
    )
    result = serializers.ChoiceField(choices=_RESULTS)
    notes = serializers.DictField(
        child=serializers.CharField(), help_text="what else is to be said: name -> sentence"
    )
    in_text = DraftPlaceSerializer(allow_null=True)
    sources = DraftSourceSerializer(many=True, help_text="likeliest first")


class CheckSerializer(serializers.Serializer[Any]):
    """A draft, checked."""

    id = PlainJSONField()
    read_to = serializers.IntegerField(
        help_text="how far the models have read; from there on only words in marks were checked"
    )
    left_out = serializers.IntegerField(help_text="short words in marks that were not looked up")
    texts_searched = serializers.IntegerField(help_text="articles whose whole text was searched")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="result -> number")
    quotations = DraftQuotationSerializer(many=True)


class DraftParser(BoundedJSONParser):
    """Reads the JSON body of one draft."""

    remedy = "check the draft in parts"

    @property
    def limit_bytes(self) -> int:
        """Return the size of the largest body."""
        return CHECKING.draft_most_chars * 12 + 10_000


class CheckView(APIView):
    """Checking of a posted draft; nothing is stored."""

    permission_classes = (MayRead,)
    throttle_scope = limits.EXTRACT
    parser_classes = (DraftParser,)

    @extend_schema(
        summary="Check a draft",
        description="Finds the quotations of a posted draft (words in marks of any style, block "
        "quotations, reports) and compares each with the archive: verbatim, altered, said by "
        "someone else, an article’s own wording in marks, reported so, in an article’s text, or "
        "not found. Nothing of it is stored or logged. Offsets are code points into `text` "
        "(JavaScript: `Array.from(text)`). At most "
        f"{CHECKING.draft_most_chars} characters and {CHECKING.quotations_most} quotations; what "
        "was not checked for want of time says so.",
        request=DraftSerializer,
        responses=CheckSerializer,
        examples=[
            OpenApiExample(
                "A sentence", {"id": 1, "text": "“It must,” said Ana Roe."}, request_only=True
            )
        ],
    )
    @method_decorator(sensitive_variables())
    def post(self, request: Request) -> Response:
        """Return what became of each quotation of the posted draft."""
        posted = DraftSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        text: str = posted.validated_data["text"]
        if len(text) > CHECKING.draft_most_chars:
            problem = f"text has {len(text)} characters, more than {CHECKING.draft_most_chars}"
            error = TextTooLong(problem)
            error.remedy = DraftParser.remedy
            raise error
        reading = draft_reading.read(text)
        report = drafts.check(text, reading, Quotation.objects.visible_to(request.user))
        return Response(as_json(report, posted.validated_data.get("id")))


def as_json(report: Report, identifier: object) -> dict[str, Any]:
    """Return a checked draft as the API answers it."""
    return {
        "id": identifier,
        "read_to": report.read_to,
        "left_out": report.left_out,
        "texts_searched": report.texts_searched,
        "counts": {status.value: count for status, count in report.counts.items()},
        "quotations": [_quotation(item) for item in report.items],
    }


def _quotation(item: Checked) -> dict[str, Any]:
    quotation, place = item.quotation, item.in_text
    return {
        "number": quotation.number,
        "kind": quotation.kind.value,
        "is_block": quotation.is_block,
        "start": quotation.start,
        "end": quotation.end,
        "pieces": [list(piece) for piece in quotation.pieces],
        "speaker": quotation.speaker.name if quotation.speaker else None,
        "factuality": quotation.factuality.value,
        "result": item.status.value,
        "notes": {note: NOTE_WORDS[note] for note in item.notes},
        "in_text": None
        if place is None
        else {
            "article": place.version.article.uid,
            "page": absolute(place.version.get_absolute_url()),
            "start": place.start,
            "end": place.end,
            "paragraph": place.paragraph,
        },
        "sources": [_source(source) for source in item.sources],
    }


def _source(source: Source) -> dict[str, Any]:
    row, sides = source.quotation, source.sides
    name = row.speaker.name if row.speaker else row.speaker_name
    return {
        "quotation": row.uid,
        "url": absolute(reverse("api:quotation-detail", args=[row.uid])),
        "page": absolute(row.get_absolute_url()),
        "result": source.status.value,
        "same_speaker": source.same.value,
        "speaker": name or None,
        "factuality": row.factuality or None,
        "similarity": round(source.match.similarity, 4),
        "is_part": source.match.is_part,
        "words": source.words,
        "published_on": row.version.published_on,
        "reviewed": bool(row.review),
        "draft_pieces": _pieces(sides.old) if sides else [],
        "archive_pieces": _pieces(sides.new) if sides else [],
        "warnings": [
            {"kind": warning.kind, "archive": warning.one, "draft": warning.other}
            for warning in source.warnings
        ],
        "problems": list(source.problems),
    }


def _pieces(pieces: list[Piece]) -> list[dict[str, Any]]:
    return [{"text": piece.text, "differs": piece.differs} for piece in pieces]
