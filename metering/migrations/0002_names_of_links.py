"""Tables that tie two others together have names of their own in the admin."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='metermeterproperty',
            options={'verbose_name': 'meter', 'verbose_name_plural': 'properties of meters'},
        ),
        migrations.AlterModelOptions(
            name='metermetervalue',
            options={'verbose_name': 'meter', 'verbose_name_plural': 'values of meters'},
        ),
        migrations.AlterModelOptions(
            name='usagerollup',
            options={'verbose_name': 'usage', 'verbose_name_plural': 'usage by the hour'},
        ),
    ]
