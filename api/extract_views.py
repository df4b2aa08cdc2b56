"""/api/v1/extract/: extraction of a posted text; nothing is stored."""

from django.conf import settings
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import serializers
from api.errors import Busy, TextTooLong, Unprocessable
from api.parsing import BoundedJSONParser
from api.resources import MayRead
from quotes import extraction, limits
from quotes.nlp.document import Document

WAIT_S = 20


def extracted(text: str) -> Document:
    """Return what the models find in a text; raises Busy and Unprocessable."""
    from quotes.nlp.parse import ParseError  # noqa: PLC0415  brings PyTorch: not for every start

    try:
        return extraction.extract_one(text, wait_s=WAIT_S)
    except extraction.Busy as error:
        raise Busy(WAIT_S) from error
    except ParseError as error:
        raise Unprocessable(str(error)) from error


class ExtractView(APIView):
    """Extraction of a posted text; nothing is stored."""

    permission_classes = (MayRead,)
    throttle_scope = limits.EXTRACT
    parser_classes = (BoundedJSONParser,)

    @extend_schema(
        summary="Extract",
        description="Finds and attributes the quotations of a posted English text and stores "
        "nothing. Offsets are code points into `text` (JavaScript: `Array.from(text)`). What is in "
        "another language is not read: `language`, `note` and `skipped` say so. Texts longer than "
        "the server's limit are refused with 413.",
        request=serializers.TextSerializer,
        responses=serializers.ExtractionSerializer,
        examples=[
            OpenApiExample(
                "A sentence", {"id": 1, "text": "“No,” said Ana Roe."}, request_only=True
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Return the quotations of the posted text."""
        from quotes.nlp import as_json  # noqa: PLC0415  brings PyTorch: not for every start

        posted = serializers.TextSerializer(data=request.data)
        posted.is_valid(raise_exception=True)
        text: str = posted.validated_data["text"]
        limit = settings.API_EXTRACT_MAX_CHARS
        if len(text) > limit:
            raise TextTooLong(f"text has {len(text)} characters, more than {limit}")
        doc = extracted(text)
        return Response(as_json(doc, posted.validated_data.get("id")))
