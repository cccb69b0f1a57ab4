"""The configuration counter takes its numbers from a sequence: one that was rolled back is not given again."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_the_api_log")]
    operations = [
        migrations.RunSQL(
            """
            CREATE SEQUENCE accounts_configuration_version AS bigint;
            SELECT setval(
                'accounts_configuration_version',
                (SELECT coalesce(max(configuration_version), 1) FROM accounts_platform)
            );
            """,
            "DROP SEQUENCE accounts_configuration_version",
        )
    ]
