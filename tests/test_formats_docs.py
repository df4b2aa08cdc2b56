"""docs/formats.md says what is: every field has its row, every example is what the code writes.

`FORMATS_WRITE=1 pytest tests/test_formats_docs.py` writes examples and columns anew.
"""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from quotes import exports
from quotes.export_files import BASES, Plan, Progress
from quotes.formats import (
    ARTICLE_COLUMNS,
    ARTICLE_FORMATS,
    QUOTATION_COLUMNS,
    QUOTATION_FORMATS,
    SCHEMA_VERSION,
    SPEAKER_COLUMNS,
    SPEAKER_FORMATS,
    by_name,
)
from quotes.interchange import moment
from quotes.models import (
    ArticleVersion,
    Extraction,
    ExtractionRun,
    Quotation,
    Speaker,
)

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
EXAMPLE = re.compile(r"<!-- example: (\S+) -->\n```json\n(.*?)\n```", re.DOTALL)
COLUMNS = re.compile(r"<!-- columns: (\S+) -->\n(.*?)\n\n", re.DOTALL)
WRITE = bool(os.environ.get("FORMATS_WRITE"))


def rows_of(section: str) -> set[str]:
    """Return the names in the first cells of the tables of a section."""
    text = PAGE.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (.*?) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def manifest() -> str:
    plan = Plan("csv.gz", {"kind": ["direct"]}, AT)
    run = "00000000-0000-4000-8000-000000000000"
    counts = {"kind": {"direct": 1}, "review": {"none": 1}, "run": {run: 1}}
    told = exports.manifest_of(plan, Progress(1, 7, 812, counts), "ab" * 32, AT)
    return json.dumps(told | {"software": "quote-tracker 0.1.0"})


@pytest.fixture
def documents(quotation):
    """The documents of the two quotations' first, with fixed times and identifiers."""
    Quotation.objects.update(created_at=AT)
    Extraction.objects.update(created_at=AT)
    ExtractionRun.objects.update(uid=UUID(int=0, version=4))
    Speaker.objects.update(wikidata_id="Q42")
    made = {"manifest": manifest()}
    for kind, formats, rows in (
        ("quotation", QUOTATION_FORMATS, Quotation.objects.filter(pk=quotation.pk)),
        ("article", ARTICLE_FORMATS, ArticleVersion.objects.select_related("text")),
        ("speaker", SPEAKER_FORMATS, Speaker.objects.all()),
    ):
        for name, writer in by_name(formats).items():
            if name != "csv":
                made[f"{kind}.{name}"] = writer.item(writer.load(rows)[0])
    # The database stamps every change itself.
    stamp = str(moment(Quotation.objects.get(pk=quotation.pk).updated_at))
    return {name: text.replace(stamp, str(moment(AT))) for name, text in made.items()}


@pytest.mark.django_db
def test_the_examples_are_what_the_code_writes(documents):
    text = PAGE.read_text(encoding="utf-8")
    if WRITE:

        def written(found):
            fresh = json.dumps(json.loads(documents[found[1]]), ensure_ascii=False, indent=1)
            return found[0].replace(found[2], fresh)

        PAGE.write_text(EXAMPLE.sub(written, text), encoding="utf-8")
        return
    shown = EXAMPLE.findall(text)
    assert len(shown) == 7
    for name, example in shown:
        assert json.loads(example) == json.loads(documents[name]), name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("JSON lines: quotations", "quotation.jsonl"),
        ("JSON lines: articles", "article.jsonl"),
        ("JSON lines: speakers", "speaker.jsonl"),
        ("Bulk exports", "manifest"),
    ],
)
def test_every_field_has_its_row(documents, section, name):
    record = json.loads(documents[name])
    assert rows_of(section) == set(record)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("quotations", QUOTATION_COLUMNS),
        ("articles", ARTICLE_COLUMNS),
        ("speakers", SPEAKER_COLUMNS),
    ],
)
def test_the_columns_are_named_in_their_order(name, columns):
    text = PAGE.read_text(encoding="utf-8")
    listed = ", ".join(f"`{column}`" for column in columns) + "."
    if WRITE:
        fresh = COLUMNS.sub(
            lambda found: found[0].replace(found[2], listed) if found[1] == name else found[0], text
        )
        PAGE.write_text(fresh, encoding="utf-8")
        return
    shown = dict(COLUMNS.findall(text))[name]
    assert tuple(re.findall(r"`(\w+)`", shown)) == columns


def test_formats_media_types_and_version_are_named():
    text = PAGE.read_text(encoding="utf-8")
    assert f"Schema version **{SCHEMA_VERSION}**" in text
    for writer in (*QUOTATION_FORMATS, *ARTICLE_FORMATS, *SPEAKER_FORMATS):
        assert f"| `{writer.name}` | `{writer.content_type}` |" in text
    assert all(f"`{base}`" in text for base in BASES)
