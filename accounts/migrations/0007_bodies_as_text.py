"""Bodies of the API log keep the order of their fields, which jsonb does not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_numbers_of_configurations")]
    operations = [
        migrations.RemoveField("apirequest", "request_body"),
        migrations.RemoveField("apirequest", "response_body"),
        migrations.AddField("apirequest", "request_body", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("apirequest", "response_body", models.TextField(blank=True, default=""), preserve_default=False),
    ]
