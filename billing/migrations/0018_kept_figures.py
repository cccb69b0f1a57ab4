import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of unbilled totals keeps other figures, too; what it holds stays."""

    dependencies = [
        ('accounts', '0009_lists_of_audit_entries'),
        ('billing', '0017_lists_of_invoices'),
    ]

    operations = [
        migrations.RenameModel('UnbilledTotals', 'KeptFigure'),
        migrations.AlterModelOptions('keptfigure', {}),
        migrations.AlterField(
            model_name='keptfigure',
            name='platform',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.platform'),
        ),
        migrations.AddField(
            model_name='keptfigure',
            name='kind',
            field=models.CharField(choices=[('UNBILLED', 'unbilled'), ('RECURRING', 'recurring')], default='UNBILLED', max_length=16),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='keptfigure',
            constraint=models.UniqueConstraint(fields=('platform', 'kind'), name='kept_figure_unique'),
        ),
        migrations.AddConstraint(
            model_name='keptfigure',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['UNBILLED', 'RECURRING'])), name='kept_figure_kind'),
        ),
        # On the way back one row per platform has a place.
        migrations.RunSQL(migrations.RunSQL.noop, "DELETE FROM billing_keptfigure WHERE kind <> 'UNBILLED'"),
    ]
