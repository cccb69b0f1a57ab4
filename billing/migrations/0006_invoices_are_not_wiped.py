"""Invoices and their lines cannot be emptied by TRUNCATE, which passes by the triggers of migration 0003."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER billing_invoice_kept BEFORE TRUNCATE ON billing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_wiping();
CREATE TRIGGER billing_invoiceline_kept BEFORE TRUNCATE ON billing_invoiceline
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_wiping();
"""
BACKWARD = """
DROP TRIGGER billing_invoiceline_kept ON billing_invoiceline;
DROP TRIGGER billing_invoice_kept ON billing_invoice;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_plan_migrations_and_simulations"), ("accounts", "0004_records_are_not_wiped")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
