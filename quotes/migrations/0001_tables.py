import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=16, unique=True)),
                ("identity", models.CharField(max_length=2100, unique=True)),
                ("url", models.URLField(blank=True, max_length=2000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="CanonicalText",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content", models.TextField()),
                ("length_chars", models.PositiveIntegerField(help_text="code points")),
            ],
        ),
        migrations.CreateModel(
            name="ExtractionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(unique=True)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "fingerprint",
                    models.CharField(
                        db_index=True, help_text="hash over everything below", max_length=64
                    ),
                ),
                ("code_version", models.CharField(max_length=100)),
                ("code_sha256", models.CharField(max_length=64)),
                ("model_hashes", models.JSONField(help_text="model file -> SHA-256")),
                ("lexicon_hashes", models.JSONField(help_text="lexicon file -> SHA-256")),
                ("params", models.JSONField(help_text="threshold -> value")),
            ],
            options={
                "ordering": ("-started_at",),
            },
        ),
        migrations.CreateModel(
            name="Outlet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True)),
                ("slug", models.SlugField(max_length=220, unique=True)),
                ("domain", models.CharField(blank=True, max_length=253)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Speaker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=220, unique=True)),
                ("name", models.CharField(max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Person"),
                            ("organisation", "Organisation"),
                            ("group", "Group"),
                            ("document", "Document"),
                            ("anonymous", "Anonymous"),
                        ],
                        max_length=20,
                    ),
                ),
                ("wikidata_id", models.CharField(blank=True, max_length=20)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="ArticleVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="1 is the oldest version of the article"),
                ),
                ("is_current", models.BooleanField(default=True)),
                ("title", models.CharField(blank=True, max_length=500)),
                (
                    "opening",
                    models.CharField(
                        blank=True, help_text="first words of the text", max_length=100
                    ),
                ),
                ("byline", models.CharField(blank=True, max_length=500)),
                ("section", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(blank=True, help_text="BCP 47", max_length=35)),
                ("published_on", models.DateField(blank=True, db_index=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("retrieved_at", models.DateTimeField(help_text="when the tracker read it")),
                ("method", models.CharField(help_text="how: text, html, jsonl", max_length=20)),
                (
                    "origin",
                    models.CharField(
                        blank=True, help_text="the file or address read", max_length=2000
                    ),
                ),
                (
                    "origin_id",
                    models.CharField(blank=True, help_text="the origin's own id", max_length=500),
                ),
                ("media_type", models.CharField(blank=True, max_length=100)),
                (
                    "source_sha256",
                    models.CharField(help_text="of the bytes that were read", max_length=64),
                ),
                (
                    "text_extractor",
                    models.CharField(help_text="what made text of the bytes", max_length=100),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="quotes.article",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="quotes.canonicaltext",
                    ),
                ),
            ],
            options={
                "ordering": (
                    models.OrderBy(models.F("published_on"), descending=True, nulls_last=True),
                    "-id",
                ),
            },
        ),
        migrations.CreateModel(
            name="Extraction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("quotation_count", models.PositiveIntegerField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extractions",
                        to="quotes.articleversion",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extractions",
                        to="quotes.extractionrun",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="article",
            name="outlet",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="quotes.outlet",
            ),
        ),
        migrations.CreateModel(
            name="Quotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=16, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("current", "Current"), ("gone", "No longer found")],
                        default="current",
                        max_length=10,
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="order in the article, from 0")),
                (
                    "paragraph_index",
                    models.PositiveIntegerField(help_text="of its first word, from 1"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("direct", "Direct"),
                            ("indirect", "Indirect"),
                            ("mixed", "Mixed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[("speech", "Speech"), ("attitude", "Attitude")], max_length=10
                    ),
                ),
                ("content", models.TextField()),
                (
                    "prefix",
                    models.CharField(blank=True, help_text="words just before it", max_length=100),
                ),
                (
                    "suffix",
                    models.CharField(blank=True, help_text="words just after it", max_length=100),
                ),
                ("cue", models.CharField(blank=True, max_length=500)),
                (
                    "mention",
                    models.CharField(
                        blank=True, help_text="the source as it stands", max_length=1000
                    ),
                ),
                ("medium", models.CharField(blank=True, max_length=50)),
                (
                    "speaker_name",
                    models.CharField(blank=True, help_text="as the article has it", max_length=300),
                ),
                (
                    "speaker_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "Person"),
                            ("organisation", "Organisation"),
                            ("group", "Group"),
                            ("document", "Document"),
                            ("anonymous", "Anonymous"),
                        ],
                        max_length=20,
                    ),
                ),
                ("speaker_role", models.CharField(blank=True, max_length=500)),
                (
                    "confidence",
                    models.FloatField(help_text="probability that words and source are both right"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True, db_index=True)),
                (
                    "extraction",
                    models.ForeignKey(
                        help_text="the latest extraction that found it",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotations",
                        to="quotes.extraction",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quotations",
                        to="quotes.articleversion",
                    ),
                ),
                (
                    "speaker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotations",
                        to="quotes.speaker",
                    ),
                ),
            ],
            options={
                "ordering": (
                    models.OrderBy(
                        models.F("version__published_on"), descending=True, nulls_last=True
                    ),
                    "-version_id",
                    "position",
                ),
            },
        ),
        migrations.CreateModel(
            name="QuotationSpan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("content", "Content"),
                            ("cue", "Cue"),
                            ("source", "Source"),
                            ("medium", "Medium"),
                            ("mention", "Mention"),
                            ("antecedent", "Antecedent"),
                            ("name", "Name"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(help_text="order within the role, from 0"),
                ),
                ("start", models.PositiveIntegerField(help_text="code point, inclusive")),
                ("end", models.PositiveIntegerField(help_text="code point, exclusive")),
                ("exact", models.TextField()),
                ("rule", models.CharField(blank=True, max_length=100)),
                (
                    "quotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spans",
                        to="quotes.quotation",
                    ),
                ),
            ],
            options={
                "ordering": ("quotation_id", "role", "position"),
            },
        ),
        migrations.CreateModel(
            name="SpeakerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=300)),
                ("key", models.CharField(db_index=True, max_length=300)),
                (
                    "reason",
                    models.CharField(
                        help_text="why this name belongs to the speaker", max_length=100
                    ),
                ),
                (
                    "speaker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="quotes.speaker",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.UniqueConstraint(
                fields=("article", "number"), name="one_version_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.UniqueConstraint(
                fields=("article", "text"), name="one_version_a_text"
            ),
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)),
                fields=("article",),
                name="one_current_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="extraction",
            constraint=models.UniqueConstraint(
                fields=("version", "run"), name="one_extraction_a_run"
            ),
        ),
        migrations.AddConstraint(
            model_name="quotationspan",
            constraint=models.CheckConstraint(
                condition=models.Q(("start__lt", models.F("end"))), name="span_is_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="quotationspan",
            constraint=models.UniqueConstraint(
                fields=("quotation", "role", "position"), name="one_span_a_position"
            ),
        ),
        migrations.AddIndex(
            model_name="quotation",
            index=models.Index(
                fields=["version", "status", "position"], name="quotation_in_article"
            ),
        ),
        migrations.AddIndex(
            model_name="quotation",
            index=models.Index(fields=["speaker", "status", "act"], name="quotation_of_speaker"),
        ),
        migrations.AddConstraint(
            model_name="quotation",
            constraint=models.CheckConstraint(
                condition=models.Q(("confidence__gte", 0.0), ("confidence__lte", 1.0)),
                name="confidence_in_0_1",
            ),
        ),
        migrations.AddConstraint(
            model_name="quotation",
            constraint=models.CheckConstraint(
                condition=models.Q(("paragraph_index__gte", 1)), name="paragraphs_count_from_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="quotation",
            constraint=models.CheckConstraint(
                condition=models.Q(("content", ""), _negated=True), name="content_is_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="speakername",
            constraint=models.UniqueConstraint(
                fields=("speaker", "name"), name="one_row_a_speaker_name"
            ),
        ),
    ]
