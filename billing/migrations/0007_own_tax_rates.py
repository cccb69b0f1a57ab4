"""Dated tax rates of a billing entity."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0006_invoices_are_not_wiped'),
    ]

    operations = [
        migrations.AddField(
            model_name='billingentity',
            name='tax_rates',
            field=models.JSONField(blank=True, default=list, help_text='Dated rates of its own; they go before the shipped ones.'),
        ),
    ]
