"""Invoices for late usage of subscriptions that have ended."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_records_are_not_wiped'),
        ('billing', '0009_prices_of_one_schedule'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='invoice',
            name='invoice_occasion_known',
        ),
        migrations.AddField(
            model_name='periodcursor',
            name='late_checked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='occasion',
            field=models.CharField(choices=[('OPENING', 'Opening'), ('PERIOD', 'Period'), ('SUPPLEMENT', 'Supplement')], default='PERIOD', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('occasion__in', ['OPENING', 'PERIOD', 'SUPPLEMENT'])), name='invoice_occasion_known'),
        ),
    ]
