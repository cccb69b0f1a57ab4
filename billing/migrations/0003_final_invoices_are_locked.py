"""The database itself refuses to change what a final invoice says.

Once an invoice has left DRAFT only its payment and the step to VOID or ARCHIVED may change; its
lines are written while it is a draft and never change. A draft may be deleted, nothing later.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION billing_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movable CONSTANT text[] := ARRAY['status', 'paid', 'paid_amount', 'payment_status', 'updated_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'invoice % is % and cannot be deleted', OLD.public_id, OLD.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - movable IS DISTINCT FROM to_jsonb(OLD) - movable THEN
        RAISE EXCEPTION 'invoice % is % and cannot be changed', OLD.public_id, OLD.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status <> OLD.status AND NOT (
        (OLD.status = 'FINAL' AND NEW.status IN ('VOID', 'ARCHIVED'))
        OR (OLD.status = 'VOID' AND NEW.status = 'ARCHIVED')
    ) THEN
        RAISE EXCEPTION 'invoice % cannot go from % to %', OLD.public_id, OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_invoice_is_locked BEFORE UPDATE OR DELETE ON billing_invoice
    FOR EACH ROW WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION billing_guard_invoice();

CREATE FUNCTION billing_guard_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM billing_invoice WHERE id = NEW.invoice_id AND status = 'DRAFT';
        IF FOUND THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the lines of a final invoice cannot be changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_invoiceline_is_locked BEFORE INSERT OR UPDATE OR DELETE ON billing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION billing_guard_line();
"""
BACKWARD = """
DROP TRIGGER billing_invoiceline_is_locked ON billing_invoiceline;
DROP FUNCTION billing_guard_line();
DROP TRIGGER billing_invoice_is_locked ON billing_invoice;
DROP FUNCTION billing_guard_invoice();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_invoices")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
