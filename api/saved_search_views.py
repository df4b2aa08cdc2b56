"""/api/v1/saved-searches/: searches that an account keeps, each with its feeds."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.permissions import require_account
from api.resources import Kept, ordering
from api.serializers import absolute
from api.strict import StrictSerializer
from quotes import digests, saved_searches, selections
from quotes.feed_views import feed_address
from quotes.models import SavedSearch
from quotes.params import SEARCH
from quotes.refusals import InputError
from quotes.saved_searches import NAME_CHARS, SavedSearchError
from quotes.selections import SelectionError

_ORDERS = {"name": ("name", "id"), "-created_at": ("-created_at", "-id")}
_EXAMPLE = {"name": "Rail tax", "query": {"q": ['"rail tax"'], "kind": ["direct", "mixed"]}}


def _as_text(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a value that is written as a string: numbers are, in a stored query."""
    if schema["type"] == "integer":
        return {"type": "string", "pattern": "^[1-9][0-9]{0,14}$"}
    if schema["type"] == "number":
        return {"type": "string", "pattern": "^(0|1|0\\.[0-9]{1,9})$"}
    return dict(schema)


def _query_schema() -> dict[str, Any]:
    """Return what a stored query may hold: the parameters of the list of quotations."""
    properties = {}
    for name, parameter in selections.PARAMETERS.items():
        value = _as_text(parameter.schema)
        if parameter.choices:
            value["enum"] = list(parameter.choices)
        values: dict[str, Any] = {"type": "array", "items": value, "minItems": 1}
        values["maxItems"] = SEARCH.values_most if name in selections.REPEATED else 1
        properties[name] = {"anyOf": [values, value], "description": parameter.means}
    return {"type": "object", "properties": properties, "additionalProperties": False}


@extend_schema_field(_query_schema())
class QueryField(serializers.JSONField):
    """A query in its stored form: parameter -> values."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the query cleaned; ValidationError names the parameter and the remedy."""
        if not isinstance(data, dict):
            raise ValidationError('is no object; write it as {"q": ["wall"]}')
        try:
            return selections.clean(data)
        except SelectionError as error:
            raise ValidationError({error.parameter: [error.message]}) from error


class SavedSearchSerializer(serializers.ModelSerializer[SavedSearch]):
    """A saved search; `query` has the parameters of the list of quotations."""

    url = serializers.SerializerMethodField(help_text="this saved search in the API")
    address = serializers.SerializerMethodField(help_text="its page")
    query = QueryField()
    atom = serializers.SerializerMethodField(help_text="its Atom feed; who has it may read it")
    json_feed = serializers.SerializerMethodField(help_text="its JSON Feed; likewise")
    digest = serializers.ChoiceField(
        choices=SavedSearch.Digest.choices,
        help_text="how often what is new is sent to the account's confirmed address; empty: never",
    )

    class Meta:
        model = SavedSearch
        fields = (
            "uid", "url", "address", "name", "query", "atom", "json_feed", "digest",
            "created_at", "updated_at",
        )  # fmt: skip

    def get_url(self, search: SavedSearch) -> str:
        """Return the address of the saved search in the API."""
        return absolute(reverse("api:saved-search-detail", args=[search.uid]))

    def get_address(self, search: SavedSearch) -> str:
        """Return the address of its page."""
        return absolute(reverse("saved-search", args=[search.uid]))

    def get_atom(self, search: SavedSearch) -> str:
        """Return the address of its Atom feed."""
        return feed_address(search, "atom")

    def get_json_feed(self, search: SavedSearch) -> str:
        """Return the address of its JSON Feed."""
        return feed_address(search, "json")


class SavedSearchInput(StrictSerializer):
    """What a saved search is made of."""

    name = serializers.CharField(
        required=False,
        min_length=1,
        max_length=NAME_CHARS,
        help_text="one of each name; without one, the query in words",
    )
    query = QueryField(help_text="parameters of the list of quotations, each with its values")
    digest = serializers.ChoiceField(
        choices=SavedSearch.Digest.choices,
        required=False,
        help_text="how often what is new is sent by e-mail; empty: never",
    )


class SavedSearchChange(SavedSearchInput):
    """What of a saved search is to change; what is left out stays."""

    query = QueryField(required=False)


def invalid(error: InputError) -> ValidationError:
    """Return an error of the rules as one of the request: field, problem, remedy."""
    field = getattr(error, "field", "body")
    return ValidationError({field: [f"{error.problem}; {error.remedy}"]})


@extend_schema_view(
    list=extend_schema(
        summary="Saved searches",
        description="The account's own. Each has an Atom feed and a JSON Feed at addresses that "
        "cannot be guessed: whoever has one can read it without signing in.",
        parameters=[ordering(list(_ORDERS))],
    ),
    retrieve=extend_schema(summary="A saved search", description="One of the account's own."),
)
class SavedSearchViewSet(Kept):
    """Searches that an account keeps."""

    queryset = SavedSearch.objects.none()
    serializer_class = SavedSearchSerializer
    detail_serializer_class = SavedSearchSerializer
    orderings = _ORDERS

    def own(self, account: User) -> QuerySet[SavedSearch]:
        """Return the saved searches of `account`."""
        return saved_searches.of(account)

    @extend_schema(
        summary="Save a search",
        description="Keeps a query under a name. The query takes the parameters of "
        "`/api/v1/quotations/`, each with a list of values.",
        request=SavedSearchInput,
        responses={201: SavedSearchSerializer},
        examples=[OpenApiExample("A search", _EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Save a search."""
        posted = SavedSearchInput(data=request.data)
        posted.is_valid(raise_exception=True)
        given = posted.validated_data
        owner = require_account(request, "a saved search belongs to an account")
        try:
            search = saved_searches.create(owner, given.get("name", ""), given["query"])
        except SavedSearchError as error:
            raise invalid(error) from error
        digests.choose(search, given.get("digest", ""))
        return self._shown(search, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a saved search",
        description="Gives it another name, another query, digests by e-mail, or all of these. Its "
        "webhooks are told what changes from now on.",
        request=SavedSearchChange,
        responses=SavedSearchSerializer,
        examples=[OpenApiExample("Another name", {"name": "Rail"}, request_only=True)],
    )
    def partial_update(self, request: Request, uid: str) -> Response:  # noqa: ARG002  in the path
        """Change a saved search."""
        search: SavedSearch = self.get_object()
        posted = SavedSearchChange(data=request.data)
        posted.is_valid(raise_exception=True)
        try:
            changes = dict(posted.validated_data)
            digest = changes.pop("digest", search.digest)
            saved_searches.change(search, **changes)
            digests.choose(search, digest)
        except SavedSearchError as error:
            raise invalid(error) from error
        return self._shown(search)

    @extend_schema(
        summary="Delete a saved search",
        description="Its feeds stop working, and its webhooks go with it.",
        request=None,
        responses={204: None},
    )
    def destroy(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Delete a saved search."""
        self.get_object().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Give its feeds new addresses",
        description="For when an address has got about; the old ones stop working at once.",
        request=None,
        responses=SavedSearchSerializer,
    )
    @action(detail=True, methods=["post"], url_path="rotate-key")
    def rotate_key(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        """Give the feeds new addresses."""
        search: SavedSearch = self.get_object()
        saved_searches.change_key(search)
        return self._shown(search)

    def _shown(self, search: SavedSearch, code: int = status.HTTP_200_OK) -> Response:
        return Response(SavedSearchSerializer(search).data, status=code)
