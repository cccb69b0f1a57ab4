"""Invoices for items that someone had charged, and what was asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_records_are_not_wiped'),
        ('billing', '0012_what_a_migration_drops'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='invoice',
            name='invoice_one_per_period',
        ),
        migrations.RemoveConstraint(
            model_name='invoice',
            name='invoice_occasion_known',
        ),
        migrations.AddField(
            model_name='invoice',
            name='demand',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='occasion',
            field=models.CharField(choices=[('OPENING', 'Opening'), ('PERIOD', 'Period'), ('SUPPLEMENT', 'Supplement'), ('ON_DEMAND', 'On Demand')], default='PERIOD', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('occasion__in', ['OPENING', 'PERIOD', 'SUPPLEMENT', 'ON_DEMAND'])), name='invoice_occasion_known'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('type', 'STANDARD'), models.Q(('status', 'VOID'), _negated=True), models.Q(('occasion', 'ON_DEMAND'), _negated=True)), fields=('subscription', 'occasion', 'period_start'), name='invoice_one_per_period'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('demand__isnull', False), ('occasion', 'ON_DEMAND')), models.Q(models.Q(('occasion', 'ON_DEMAND'), _negated=True), ('demand__isnull', True)), _connector='OR'), name='invoice_demand_on_demand'),
        ),
    ]
