"""The database itself refuses to change the prices of a version that has left DRAFT."""

from django.db import migrations

NODES = (
    "pricingcategory",
    "pricinggroup",
    "pricing",
    "pricingproduct",
    "pricingentitlement",
    "pricingitem",
    "pricingitemproductitem",
    "pricingitemconfig",
    "pricingitemconfigproperty",
)

FUNCTIONS = """
CREATE FUNCTION catalog_require_draft(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found_status text;
BEGIN
    -- FOR SHARE waits for an activation under way, so that no write slips in behind its check.
    SELECT status INTO found_status FROM catalog_pricingplanversion WHERE id = wanted FOR SHARE;
    IF found_status <> 'DRAFT' THEN
        RAISE EXCEPTION 'the prices of pricing plan version % are immutable: it is %', wanted, found_status
            USING ERRCODE = 'restrict_violation';
    END IF;
END $$;

CREATE FUNCTION catalog_guard_node() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM catalog_require_draft(OLD.version_id);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM catalog_require_draft(NEW.version_id);
    RETURN NEW;
END $$;

CREATE FUNCTION catalog_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'DRAFT' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    -- The version it was copied from may be deleted, which empties the link.
    IF TG_OP = 'UPDATE' AND NEW.status <> 'DRAFT'
        AND (NEW.copied_from_id IS NULL OR NEW.copied_from_id = OLD.copied_from_id)
        AND (to_jsonb(NEW) - '{status,updated_at,copied_from_id}'::text[])
          = (to_jsonb(OLD) - '{status,updated_at,copied_from_id}'::text[])
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'pricing plan version % is immutable: it is %', OLD.id, OLD.status
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER catalog_pricingplanversion_immutable BEFORE UPDATE OR DELETE ON catalog_pricingplanversion
    FOR EACH ROW EXECUTE FUNCTION catalog_guard_version();
"""

GUARD = """
CREATE TRIGGER catalog_{node}_immutable BEFORE INSERT OR UPDATE OR DELETE ON catalog_{node}
    FOR EACH ROW EXECUTE FUNCTION catalog_guard_node();
"""

FORWARD = FUNCTIONS + "".join(GUARD.format(node=node) for node in NODES)
BACKWARD = (
    "".join(f"DROP TRIGGER catalog_{node}_immutable ON catalog_{node};\n" for node in NODES)
    + """
DROP TRIGGER catalog_pricingplanversion_immutable ON catalog_pricingplanversion;
DROP FUNCTION catalog_guard_version();
DROP FUNCTION catalog_guard_node();
DROP FUNCTION catalog_require_draft(bigint);
"""
)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
