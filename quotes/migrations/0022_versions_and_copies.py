import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Numbers instead of hashes in the many rows of signatures; those tables are still empty."""

    dependencies = [("quotes", "0021_request_counts")]

    operations = [
        migrations.DeleteModel("SignatureBand"),
        migrations.DeleteModel("TextSignature"),
        migrations.CreateModel(
            name="TextSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minhash", models.BinaryField(help_text="64-bit numbers, little-endian")),
                (
                    "shingles",
                    models.PositiveIntegerField(help_text="how many differing ones the text has"),
                ),
                (
                    "text",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signature",
                        to="quotes.canonicaltext",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignatureBand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "digest",
                    models.BigIntegerField(
                        db_index=True, help_text="of the band's number and values"
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bands",
                        to="quotes.textsignature",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="articleversion",
            name="returned_at",
            field=models.DateTimeField(
                blank=True,
                help_text="when its address showed this text again after another",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confirm", "Confirmed"),
                    ("speaker", "Speaker corrected"),
                    ("span", "Words corrected"),
                    ("reject", "Not a quotation"),
                    ("merge", "Speakers merged"),
                    ("split", "Speaker split"),
                    ("rename", "Speaker renamed"),
                    ("different", "Speakers told apart"),
                    ("carried", "Decided on an earlier version"),
                    ("undo", "Undone"),
                ],
                max_length=10,
            ),
        ),
    ]
