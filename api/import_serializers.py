"""Imports and their items -> JSON; what begins an import, checked."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers import absolute
from api.strict import StrictSerializer, TrueOrFalse
from quotes import job_reports
from quotes.encodings import NAMES
from quotes.job_reports import Progress
from quotes.job_requests import TYPES, checked_addresses
from quotes.models import ExtractionRun, Import, ImportItem
from quotes.params import JOBS
from quotes.refusals import InputError

LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
STATES = (
    "waiting: nobody has begun with it; interrupted: whoever worked at it was ended, and it can be "
    "gone on with, as one that was cancelled or failed"
)


class ImportCountsSerializer(serializers.Serializer[Any]):
    """What became of the items of an import."""

    new = serializers.IntegerField(help_text="articles stored")
    changed = serializers.IntegerField(help_text="new versions of articles")
    same = serializers.IntegerField(help_text="stored already")
    refused = serializers.IntegerField()


class ImportSerializer(serializers.ModelSerializer[Import]):
    """An import: what it reads, how far it is, what became of it."""

    url = serializers.SerializerMethodField(help_text="this import in the API")
    address = serializers.SerializerMethodField(help_text="the import's page")
    state = serializers.SerializerMethodField(help_text=STATES)
    progress = serializers.SerializerMethodField(help_text="0 to 1; null if not known")
    seconds_left = serializers.SerializerMethodField(help_text="an estimate; null if not known")
    source = serializers.SerializerMethodField(  # type: ignore[assignment]  # no attribute: a field
        help_text="what is read, in a line"
    )
    counts = ImportCountsSerializer(source="*")
    run = serializers.SlugRelatedField[ExtractionRun](
        slug_field="uid",
        read_only=True,
        allow_null=True,
        help_text="the run that extracted; null if none had to",
    )
    items = serializers.SerializerMethodField(help_text="what was stored or refused")

    class Meta:
        model = Import
        fields = (
            "uid", "url", "address", "kind", "state", "source", "progress", "seconds_left", "done",
            "total", "bytes_done", "bytes_total", "counts", "run", "items", "created_at",
            "started_at", "seen_at", "finished_at", "problem",
        )  # fmt: skip

    def get_url(self, job: Import) -> str:
        """Return the address of the import in the API."""
        return absolute(reverse("api:import-detail", args=[job.uid]))

    def get_address(self, job: Import) -> str:
        """Return the address of the import's page."""
        return absolute(job.get_absolute_url())

    def get_state(self, job: Import) -> str:
        """Return how the import stands."""
        return _progress(job).standing.value

    def get_progress(self, job: Import) -> float | None:
        """Return the share that is done."""
        return _progress(job).share

    def get_seconds_left(self, job: Import) -> float | None:
        """Return how long the rest takes at the pace of the last items."""
        return _progress(job).left_s

    def get_source(self, job: Import) -> str:
        """Return what is read; folders of the server only for those who may import."""
        return job_reports.source_words(job, may_see_all=_may_see_all(self))

    def get_items(self, job: Import) -> str:
        """Return the address of the items."""
        return absolute(reverse("api:import-items", args=[job.uid]))


def _progress(job: Any) -> Progress:
    """Return how far an import is, looked up once for each row."""
    if not hasattr(job, "api_progress"):
        job.api_progress = job_reports.progress_of(job)
    found: Progress = job.api_progress
    return found


def with_progress(jobs: Sequence[Import]) -> None:
    """Look up how far the imports of a list are, all at once; a list says nothing of time left."""
    for row in job_reports.rows_of(jobs, may_see_all=False):
        row.job.api_progress = row.progress  # type: ignore[attr-defined]


def _may_see_all(serializer: Any) -> bool:
    request = serializer.context.get("request")
    return bool(request and request.user.has_perm(job_reports.RIGHT))


class ImportItemSerializer(serializers.ModelSerializer[ImportItem]):
    """An item of an import that stored something or was refused."""

    origin = serializers.SerializerMethodField(help_text="the file or address")
    article = serializers.SerializerMethodField(help_text="its uid; null if it was refused")
    version = serializers.SerializerMethodField(help_text="its number; null if it was refused")
    article_url = serializers.SerializerMethodField(help_text="the article in the API")

    class Meta:
        model = ImportItem
        fields = (
            "number", "outcome", "origin", "line", "article", "version", "article_url", "problem",
            "remedy", "at",
        )  # fmt: skip

    def get_origin(self, item: ImportItem) -> str:
        """Return where the item stood; folders of the server only for those who may import."""
        return job_reports.item_shown(item, item.job, may_see_all=_may_see_all(self))

    def get_article(self, item: ImportItem) -> str | None:
        """Return the uid of the article."""
        return item.version.article.uid if item.version else None

    def get_version(self, item: ImportItem) -> int | None:
        """Return the number of the version that was stored."""
        return item.version.number if item.version else None

    def get_article_url(self, item: ImportItem) -> str | None:
        """Return the address of the article in the API."""
        if item.version is None:
            return None
        return absolute(reverse("api:article-detail", args=[item.version.article.uid]))


class HowToRead(StrictSerializer):
    """How the sources of an import are to be read."""

    outlet = serializers.CharField(
        max_length=200, required=False, help_text="where an article names none"
    )
    language = serializers.RegexField(
        LANGUAGE,
        max_length=35,
        required=False,
        help_text="BCP 47, where none is given",
    )
    encoding = serializers.ChoiceField(
        choices=list(NAMES),
        required=False,
        help_text="of texts that are not UTF-8 and do not say what they are",
    )
    media_type = serializers.ChoiceField(
        choices=[value for value, _ in TYPES if value],
        required=False,
        help_text="what the sources are, whatever their names and contents suggest",
    )
    mend_mojibake = TrueOrFalse(
        required=False, help_text="undo wrong decodings; without it the text stays as it is"
    )


class NewImportSerializer(HowToRead):
    """Web addresses to import."""

    urls = serializers.ListField(
        child=serializers.CharField(max_length=2000),
        min_length=1,
        max_length=JOBS.addresses_most,
        help_text="pages, feeds or files on the web",
    )

    def validate_urls(self, urls: list[str]) -> list[str]:
        """Return the addresses; ValidationError names the first that may not be fetched."""
        try:
            return checked_addresses(urls)
        except InputError as error:
            raise serializers.ValidationError(str(error)) from error


class NewUploadSerializer(HowToRead):
    """Files to import."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        min_length=1,
        help_text=f"one field `files` for each file, at most {JOBS.upload_max_files}",
    )
