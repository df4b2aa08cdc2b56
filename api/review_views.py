"""Deciding through the API: about quotations, about speakers; what was decided, and undoing it.

The rules are those of the pages: quotes/decisions.py is the only writer. A decision says what it
builds upon (`seen`, or the header If-Match): 428 without it, 409 with what has changed where
somebody was faster, 422 with the reason where it cannot be taken.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import django_filters as filters
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from api import fields
from api import review_serializers as forms
from api.filters import Filters, check_known
from api.permissions import MayReview
from api.resources import ReadOnly, ordering
from api.strict import StrictSerializer
from quotes import decisions, history
from quotes.models import ApiToken, Article, Decision, Quotation, Speaker
from quotes.review_forms import NEW, SpeakerForm, WordsForm

_View = TypeVar("_View", bound=Callable[..., Response])
_ORDERS = {"-at": ("-at", "-id"), "at": ("at", "id")}
_ABOUT = ("quotation", "speaker", "other_speaker", "undone_by", "undoes")
_IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`seen`, in quotation marks, in place of the field.",
)


class Conflict(APIException):
    """What the decision builds upon has changed: what was decided, and the mark it has now."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    remedy = "look at it again, then decide anew with the `seen` of this answer"

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.members = members


class NotDecided(APIException):
    """A decision that cannot be taken; the message says why, and what would help."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "refused"
    remedy = "decide something else, or undo what stands in the way first"


class Unseen(APIException):
    """A decision that does not say what it builds upon."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "unseen"
    default_detail = "say what you have seen: the field `seen`, or the header If-Match"
    remedy = "get the history of what you decide about, and send its `seen`"


def told(decision: Decision | None) -> dict[str, Any] | None:
    """Return a decision as the API tells it."""
    if decision is None:
        return None
    row = Decision.objects.select_related(*_ABOUT).get(pk=decision.pk)
    return dict(forms.DecisionSerializer(row).data)


def way(request: Request) -> str:
    """Return through what a decision comes: the API, and which token of the account."""
    if isinstance(request.auth, ApiToken):
        return f"API, token “{request.auth.name}”"
    return "API"


@contextmanager
def deciding(request: Request, about: Quotation | Speaker) -> Iterator[None]:
    """Let decisions say that they come through the API; raise for those that are not taken."""
    try:
        with decisions.coming_through(way(request)):
            yield
    except decisions.Stale as stale:
        about.refresh_from_db()
        seen = decisions.seen(about)
        raise Conflict(str(stale), latest=told(stale.latest), seen=seen) from stale
    except decisions.Refused as refused:
        raise NotDecided(str(refused)) from refused


class _Deciding(GenericViewSet[Any]):
    """What both kinds of review share."""

    permission_classes = (MayReview,)

    def asked(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """Return what was sent; ValidationError for what cannot be used."""
        check_known(self.request, {"format"})
        sent = serializer(data=self.request.data)
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)

    def seen(self, asked: dict[str, Any]) -> str:
        """Return the mark that was sent, in the body or as If-Match; Unseen if neither was."""
        header = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        sent = asked.get("seen") or header
        if not sent or sent == "*":
            raise Unseen
        return forms.mark(sent)

    def taken(self, decision: Decision) -> Response:
        """Return the answer to a decision that was taken."""
        row = Decision.objects.select_related(*_ABOUT).get(pk=decision.pk)
        data = forms.TakenSerializer(row).data
        headers = {"Location": data["url"]}
        return Response(data, status=status.HTTP_201_CREATED, headers=headers)

    @property
    def person(self) -> User:
        """Return who decides; MayReview has made sure that somebody does."""
        return cast("User", self.request.user)


def _speaker(slug: str, field: str) -> Speaker:
    found = Speaker.objects.filter(slug=slug).first()
    if found is None:
        raise ValidationError(
            {field: [f"no speaker has the slug {slug!r}; look it up in /api/v1/speakers/"]}
        )
    return found


def _new(asked: dict[str, Any]) -> decisions.Who:
    """Return a new speaker by the rules of the review page: no second one of a name unsaid."""
    form = SpeakerForm({"seen": "-", "who": NEW, **asked})
    if not form.is_valid():
        wrong = [str(message) for messages in form.errors.values() for message in messages]
        known = [row.speaker.slug for row in form.matches]
        also = [f"known are: {', '.join(known)}; or send `another`: true"] if known else []
        raise ValidationError({"new_speaker": [*wrong, *also]})
    return cast("decisions.Who", form.cleaned_data["chosen"])


def _taking(
    summary: str, description: str, serializer: Any, example: Any
) -> Callable[[_View], _View]:
    """Return the documentation of a decision."""
    return extend_schema(
        summary=summary,
        description=description,
        parameters=[_IF_MATCH],
        request=serializer,
        responses={201: forms.TakenSerializer},
        examples=[OpenApiExample("A decision", example, request_only=True)],
    )


_SEEN = "2026-03-04T12:00:00.000000Z"


class QuotationReviewViewSet(_Deciding):
    """Decisions about a quotation."""

    lookup_field = "uid"
    queryset = Quotation.objects.none()

    def get_queryset(self) -> QuerySet[Quotation]:
        """Return the quotations that the client may read."""
        rows = Quotation.objects.visible_to(self.request.user)
        return rows.select_related("version__text", "speaker")

    @_taking(
        "Confirm it",
        "Decides that words and speaker are right as shown.",
        forms.DecideSerializer,
        {"seen": _SEEN, "why": "checked against the printed edition"},
    )
    def confirm(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Decide that it is right."""
        row, asked = self.get_object(), self.asked(forms.DecideSerializer)
        seen = self.seen(asked)
        with deciding(request, row):
            return self.taken(decisions.confirm(row, self.person, seen=seen, why=asked["why"]))

    @_taking(
        "Reject it",
        "Decides that this is not a quotation: it is in no list any more, but at its own address.",
        forms.DecideSerializer,
        {"seen": _SEEN, "why": "a headline"},
    )
    def reject(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Decide that it is none."""
        row, asked = self.get_object(), self.asked(forms.DecideSerializer)
        seen = self.seen(asked)
        with deciding(request, row):
            return self.taken(decisions.reject(row, self.person, seen=seen, why=asked["why"]))

    @_taking(
        "Correct its words",
        "Decides which words of the article are the quotation's: `pieces` by their places, or "
        "`words` as the article has them. Paragraph, context and kind follow from them.",
        forms.CorrectWordsSerializer,
        {"seen": _SEEN, "pieces": [{"start": 120, "end": 164}]},
    )
    def correct_words(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Decide which words are its."""
        row, asked = self.get_object(), self.asked(forms.CorrectWordsSerializer)
        seen = self.seen(asked)
        pieces = [(piece["start"], piece["end"]) for piece in asked.get("pieces", ())]
        if "words" in asked:
            form = WordsForm({"seen": "-", "words": asked["words"]}, text=row.version.text.content)
            if not form.is_valid():
                raise ValidationError({"words": [message for _, message in form.problems()]})
            pieces = form.cleaned_data["pieces"]
        with deciding(request, row):
            taken = decisions.correct_words(row, pieces, self.person, seen=seen, why=asked["why"])
            return self.taken(taken)

    @_taking(
        "Correct its speaker",
        "Decides whose words they are: a `speaker` by slug, a `new_speaker`, or a source that is "
        "`unnamed`: described, or none at all. `everywhere` takes along the other quotations of "
        "the article that name the same speaker and are not reviewed: one decision each, undone "
        "as one.",
        forms.CorrectSpeakerSerializer,
        {"seen": _SEEN, "speaker": "ana-roe", "everywhere": False},
    )
    def correct_speaker(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Decide whose words they are."""
        row, asked = self.get_object(), self.asked(forms.CorrectSpeakerSerializer)
        seen = self.seen(asked)
        who: decisions.Who
        if "speaker" in asked:
            who = _speaker(asked["speaker"], "speaker")
        elif "new_speaker" in asked:
            who = _new(asked["new_speaker"])
        else:
            who = decisions.Unnamed(asked["unnamed"])
        with deciding(request, row):
            taken = decisions.correct_speaker(
                row, who, self.person, everywhere=asked["everywhere"], seen=seen, why=asked["why"]
            )
            return self.taken(taken)

    @extend_schema(
        summary="Its history",
        description="All that people and runs have changed in it, newest first, and the mark "
        "`seen` that a decision on it sends.",
        responses=forms.QuotationHistorySerializer,
    )
    def history(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Return the changes of a quotation."""
        check_known(request, {"format"})
        row = self.get_object()
        entries = history.of_quotation(row)
        for entry in entries:
            if entry.decision is not None:
                entry.decision.quotation = row
        told_all = {
            "seen": decisions.seen(row),
            "machine_reading": history.machine_reading(row),
            "entries": entries,
        }
        return Response(forms.QuotationHistorySerializer(told_all).data)


class SpeakerReviewViewSet(_Deciding):
    """Decisions about who a speaker is."""

    lookup_field = "slug"
    queryset = Speaker.objects.none()

    def get_queryset(self) -> QuerySet[Speaker]:
        """Return the speakers that the client may read, merged ones too."""
        return Speaker.objects.visible_to(self.request.user).select_related("merged_into")

    @_taking(
        "Merge it into another",
        "Decides that this speaker is who `into` is. Quotations and names go there; the address "
        "leads there.",
        forms.MergeSerializer,
        {"seen": "0123456789abcdef", "into": "ana-roe", "why": "the same minister"},
    )
    def merge(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        """Decide that two are one."""
        row, asked = self.get_object(), self.asked(forms.MergeSerializer)
        seen, into = self.seen(asked), _speaker(asked["into"], "into")
        into_seen = asked.get("into_seen")
        with deciding(request, row):
            taken = decisions.merge(
                row, into, self.person, seen=seen, into_seen=into_seen, why=asked["why"]
            )
            return self.taken(taken)

    @_taking(
        "Split it",
        "Decides that a part of what is this speaker's (forms of the name, articles, quotations) "
        "is somebody else's: `to`, or a `new_speaker`. The two are told apart for good.",
        forms.SplitSerializer,
        {
            "seen": "0123456789abcdef",
            "names": ["Ms Roe"],
            "new_speaker": {"name": "Bea Roe", "kind": "person"},
        },
    )
    def split(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        """Decide that one is two."""
        row, asked = self.get_object(), self.asked(forms.SplitSerializer)
        seen = self.seen(asked)
        part = decisions.Part(
            names=frozenset(asked.get("names", ())),
            articles=_keys(Article, asked, "articles"),
            quotations=_keys(Quotation, asked, "quotations"),
        )
        to = _speaker(asked["to"], "to") if "to" in asked else _new(asked["new_speaker"])
        assert isinstance(to, Speaker | decisions.NewSpeaker)  # noqa: S101 - narrows the type
        with deciding(request, row):
            taken = decisions.split(row, part, to, self.person, seen=seen, why=asked["why"])
            return self.taken(taken)

    @_taking(
        "Rename it, or edit it",
        "Decides how a speaker is shown; what is left out stays. The address stays, and a former "
        "name still finds the speaker.",
        forms.RenameSerializer,
        {"seen": "0123456789abcdef", "name": "Ana Roe", "wikidata_id": "Q1065"},
    )
    def rename(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        """Decide how it is shown."""
        row, asked = self.get_object(), self.asked(forms.RenameSerializer)
        seen = self.seen(asked)
        columns = ("name", "kind", "wikidata_id", "description")
        given = {name: asked[name] for name in columns if name in asked}
        with deciding(request, row):
            taken = decisions.rename(row, self.person, **given, seen=seen, why=asked["why"])
            return self.taken(taken)

    @_taking(
        "Tell it apart from another",
        "Decides that this speaker and `other` are two; they are suggested as one no more.",
        forms.TellApartSerializer,
        {"seen": "0123456789abcdef", "other": "ana-rowe"},
    )
    def tell_apart(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        """Decide that two are two."""
        row, asked = self.get_object(), self.asked(forms.TellApartSerializer)
        seen, other = self.seen(asked), _speaker(asked["other"], "other")
        with deciding(request, row):
            taken = decisions.tell_apart(row, other, self.person, seen=seen, why=asked["why"])
            return self.taken(taken)

    @extend_schema(
        summary="Its history",
        description="The decisions on who this speaker is, newest first; not those on single "
        "quotations. `seen` is the mark that a decision on it sends.",
        responses=forms.SpeakerHistorySerializer,
    )
    def history(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        """Return the decisions on a speaker."""
        check_known(request, {"format"})
        row = self.get_object()
        told_all = {
            "seen": decisions.seen(row),
            "merged_into": row.merged_into and row.merged_into.slug,
            "decisions": decisions.of_speaker(row).select_related(*_ABOUT),
        }
        return Response(forms.SpeakerHistorySerializer(told_all).data)


def _keys(model: Any, asked: dict[str, Any], field: str) -> frozenset[int]:
    """Return the keys of rows by their uids; ValidationError for uids of none."""
    uids = set(asked.get(field, ()))
    found = dict(model.objects.filter(uid__in=uids).values_list("uid", "pk"))
    if missing := sorted(uids - set(found)):
        raise ValidationError({field: [f"nothing has the uid {missing[0]!r}; look it up"]})
    return frozenset(found.values())


# --- what was decided


class DecisionFilters(filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of the decisions."""

    by = filters.CharFilter("by__username", help_text="The user name of who decided.")
    kind = filters.ChoiceFilter(choices=Decision.Kind.choices)
    quotation = filters.CharFilter("quotation__uid", help_text="The quotation's uid.")
    speaker = filters.CharFilter(
        method="about", help_text="The slug of a speaker whom the decision is about."
    )

    class Meta:
        model = Decision
        fields: list[str] = []

    def about(self, rows: QuerySet[Decision], _: str, slug: str) -> QuerySet[Decision]:
        """Keep the decisions about a speaker."""
        return rows.filter(Q(speaker__slug=slug) | Q(other_speaker__slug=slug))


@extend_schema_view(
    list=extend_schema(
        summary="Decisions",
        description="What people have decided about quotations and speakers, undone decisions "
        "included.",
        parameters=[ordering(list(_ORDERS)), *fields.parameters({}, forms.DecisionSerializer)],
    ),
    retrieve=extend_schema(
        summary="A decision",
        description="One decision: who, when, why, and what it changed.",
        parameters=fields.parameters({}, forms.DecisionSerializer),
    ),
)
class DecisionViewSet(ReadOnly):
    """What people have decided, newest first; nothing is ever taken out of this list."""

    permission_classes = (MayReview,)
    lookup_field = "uid"
    lookup_value_converter = "uuid"
    queryset = Decision.objects.none()
    serializer_class = forms.DecisionSerializer
    detail_serializer_class = forms.DecisionSerializer
    filter_backends = (Filters,)
    filterset_class = DecisionFilters
    orderings = _ORDERS

    def get_queryset(self) -> QuerySet[Decision]:
        """Return all decisions: who may read at all may read what was decided."""
        return Decision.objects.select_related(*_ABOUT)

    @extend_schema(
        summary="Undo it",
        description="Undoes a decision, with those taken as one with it; undoing is a decision "
        "too. 409 with `blocking` where a later decision builds on this one: undo that first.",
        request=forms.UndoSerializer,
        responses={201: forms.TakenSerializer},
        examples=[OpenApiExample("With a reason", {"why": "a mistake"}, request_only=True)],
    )
    def undo(self, request: Request, uid: str) -> Response:
        """Undo a decision."""
        check_known(request, {"format"})
        decision = get_object_or_404(Decision.objects.select_related(*_ABOUT), uid=uid)
        sent = forms.UndoSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            with decisions.coming_through(way(request)):
                user = cast("User", request.user)
                taken = decisions.undo(decision, user, why=sent.validated_data["why"])
        except decisions.Refused as refused:
            blocking = told(decisions.blocking(decision))
            problem = Conflict(str(refused), blocking=blocking)
            problem.remedy = "undo `blocking` first" if blocking else "look at the decision again"
            raise problem from refused
        row = Decision.objects.select_related(*_ABOUT).get(pk=taken.pk)
        data = forms.TakenSerializer(row).data
        return Response(data, status=status.HTTP_201_CREATED, headers={"Location": data["url"]})
