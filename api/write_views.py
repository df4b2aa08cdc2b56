"""POST /api/v1/articles/: an article given as text, as HTML or by its address.

Short texts are extracted and stored at once: 201, or 200 for what is stored already. What takes
longer becomes an import: 202, and where its progress is.
"""

import json
import re
from typing import Any, cast

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.article_serializers import ArticleDetailSerializer
from api.article_views import ArticleViewSet
from api.extract_views import extracted
from api.filters import check_known
from api.idempotency import PARAMETER, once
from api.import_serializers import LANGUAGE, ImportSerializer
from api.parsing import ArticleParser
from api.permissions import MayImport
from api.serializers import StrictTextField, absolute
from api.strict import StrictSerializer
from quotes import adding, fetching, jobs
from quotes.ingest import Refusal
from quotes.models import ArticleVersion, Import
from quotes.params import ACCESS
from quotes.refusals import InputError

_OF_ADDRESSES = frozenset({"url", "outlet", "language"})
_NAMES = 500
# As readers name the field that they cannot use (quotes/fields.py).
_NAMED = re.compile(r' as "(\w+)"')


class NotTaken(APIException):
    """An article that cannot be taken: what is wrong, and what would help."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "refused"

    def __init__(self, refusal: Refusal, text_field: str) -> None:
        super().__init__(f"the article {refusal.problem}")
        self.remedy = refusal.remedy
        named = _NAMED.search(refusal.problem)
        field = named[1] if named else text_field
        self.faults = [{"field": field, "problem": refusal.problem, "remedy": refusal.remedy}]


class _OptionalText(StrictTextField):
    """A JSON string that may be left out."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the string, whatever it holds; left out where nothing is sent."""
        if data is serializers.empty:
            raise serializers.SkipField
        return super().run_validation(data)


def _words(help_text: str, most: int = _NAMES) -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_blank=True, max_length=most, help_text=help_text
    )


class ArticleInputSerializer(StrictSerializer):
    """An article: `text`, `html`, or only the `url` to fetch it from; the names of JSON lines."""

    text = _OptionalText(required=False, help_text="plain text; offsets count in it as it is")
    html = _OptionalText(required=False, help_text="a page, of which the main text is taken")
    url = _words("canonical address; alone: where it is fetched from", 2000)
    id = _words("the outlet's own id")
    title = _words("or `headline`")
    headline = _words("or `title`")
    byline = _words("or `author`")
    author = _words("or `byline`")
    section = _words("such as Politics")
    language = serializers.RegexField(
        LANGUAGE, required=False, allow_blank=True, max_length=35, help_text="BCP 47"
    )
    outlet = _words("name of the publisher, or `publisher`")
    publisher = _words("or `outlet`")
    published_on = _words("YYYY-MM-DD", 100)
    published_at = _words("ISO 8601 with a time zone", 100)
    published = _words("either of these, as `date`", 100)
    date = _words("either of these, as `published`", 100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one of text, html and url; with an address alone, what can be said of it."""
        if "text" in attrs and "html" in attrs:
            raise serializers.ValidationError({"html": ["give text or html, not both"]})
        if "text" not in attrs and "html" not in attrs:
            if not attrs.get("url"):
                raise serializers.ValidationError({"text": ["give one of text, html, url"]})
            if more := sorted(set(attrs) - _OF_ADDRESSES):
                problem = "the page says that of itself; leave it out, or send text or html"
                raise serializers.ValidationError({name: [problem] for name in more})
        return attrs


class ArticlesViewSet(ArticleViewSet):
    """Articles, read and added."""

    permission_classes = (MayImport,)
    parser_classes = (ArticleParser,)

    @extend_schema(
        summary="Add an article",
        description="Stores an article with its quotations. A short text is answered with the "
        "article: 201, or 200 if it is stored already. A long one, or an address to fetch, is "
        "answered with 202 and the import that does it. A changed text under a known address "
        "becomes a new version. Send an `Idempotency-Key` so that a request whose answer was lost "
        "can be sent again.",
        parameters=[PARAMETER],
        request=ArticleInputSerializer,
        responses={
            200: ArticleDetailSerializer,
            201: ArticleDetailSerializer,
            202: ImportSerializer,
        },
        examples=[
            OpenApiExample(
                "A short article",
                {
                    "text": "Rail fares will rise, the minister, Ana Roe, said on Monday.",
                    "title": "Rail fares to rise",
                    "url": "https://example.org/news/rail-fares",
                    "outlet": "The Daily Wire",
                    "published_on": "2026-03-04",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Add an article."""
        check_known(request, {"format"})
        sent = ArticleInputSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        fields = dict(sent.validated_data)
        user = cast("User", request.user)
        return once(request, user, lambda: self._added(fields, user))

    def _added(self, fields: dict[str, Any], user: User) -> Response:
        if "text" not in fields and "html" not in fields:
            return self._fetched(fields, user)
        source = adding.read_object(fields)
        if isinstance(source, Refusal):
            raise NotTaken(source, "html" if "html" in fields else "text")
        if len(source.text) > ACCESS.article_at_once_chars:
            return self._imported(fields, user)
        added = adding.add(source, extracted)
        return self._article(added)

    def _article(self, added: adding.Added) -> Response:
        rows = ArticleVersion.objects.all().for_list().select_related("text")
        context = self.get_serializer_context()
        data = ArticleDetailSerializer(rows.get(pk=added.version.pk), context=context).data
        path = reverse("api:article-detail", args=[added.version.article.uid])
        code = status.HTTP_201_CREATED if added.is_new else status.HTTP_200_OK
        return Response(data, status=code, headers={"Location": absolute(path)})

    def _imported(self, fields: dict[str, Any], user: User) -> Response:
        """Begin an import of an article that takes longer than a client should wait."""
        upload = ContentFile(json.dumps(fields).encode(), name="article.json")
        job = jobs.create(
            Import.Kind.API, ["article.json"], by=user, options={"uploaded": True}, upload=upload
        )
        return self._begun(job)

    def _fetched(self, fields: dict[str, Any], user: User) -> Response:
        """Begin an import of an article at an address."""
        try:
            fetching.check_address(fields["url"])
        except InputError as error:
            raise ValidationError({"url": [f"{error.problem}; {error.remedy}"]}) from error
        options = {name: fields[name] for name in ("outlet", "language") if fields.get(name)}
        return self._begun(jobs.create(Import.Kind.API, [fields["url"]], by=user, options=options))

    def _begun(self, job: Import) -> Response:
        jobs.launch(job)
        data = ImportSerializer(job, context=self.get_serializer_context()).data
        location = absolute(reverse("api:import-detail", args=[job.uid]))
        return Response(data, status=status.HTTP_202_ACCEPTED, headers={"Location": location})
