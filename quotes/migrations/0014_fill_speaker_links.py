"""Note for each stored article who its names are, as they were linked; harmless to repeat."""

from typing import Any

from django.db import migrations

from quotes import speakers
from quotes.nlp.document import SpeakerKind

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    articles = apps.get_model("quotes", "Article")
    found = list(articles.objects.order_by("pk").values_list("pk", flat=True))
    for low in range(0, len(found), BATCH):
        _fill(apps, found[low : low + BATCH])


def _fill(apps: Any, batch: list[int]) -> None:
    links = apps.get_model("quotes", "SpeakerLink")
    uses = (
        apps.get_model("quotes", "Quotation")
        .objects.filter(version__article__in=batch, speaker__isnull=False)
        .exclude(speaker_name="")
        # Current ones and those of the newest version first: the first use of a key counts.
        .order_by("status", "-version__number", "position")
        .values_list(
            "version__article_id", "speaker_id", "speaker_name", "speaker_kind", "speaker_role"
        )
    )
    rows: dict[tuple[int, str], Any] = {}
    why = _reasons(apps, {use[1] for use in uses})
    for article, speaker, name, kind, role in uses:
        key = speakers.canonical_key(name, SpeakerKind(kind or "person")) or name.strip()
        reason, score = why.get((speaker, name), ("same name", 1.0))
        rows.setdefault(
            (article, key[: speakers.KEY_CHARS]),
            links(
                article_id=article,
                speaker_id=speaker,
                name=name[:300],
                key=key[: speakers.KEY_CHARS],
                role=role,
                reason=reason,
                score=score,
            ),
        )
    links.objects.bulk_create(rows.values(), ignore_conflicts=True)


def _reasons(apps: Any, wanted: set[int]) -> dict[tuple[int, str], tuple[str, float]]:
    names = apps.get_model("quotes", "SpeakerName").objects.filter(speaker__in=wanted)
    columns = names.values_list("speaker_id", "name", "reason", "score")
    return {(pk, name): (reason, score) for pk, name, reason, score in columns}


class Migration(migrations.Migration):
    dependencies = [("quotes", "0013_key_speaker_names")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
