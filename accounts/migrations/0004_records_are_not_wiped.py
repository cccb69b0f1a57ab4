"""TRUNCATE asks no row trigger: what cannot be changed row by row cannot be emptied at once either.

``SET tallydesk.wipe = on`` allows it to the connection that says so: the test suite empties its tables.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_refuse_wiping() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('tallydesk.wipe', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION '% is kept: it cannot be emptied', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_auditentry_kept BEFORE TRUNCATE ON accounts_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_wiping();
"""
BACKWARD = """
DROP TRIGGER accounts_auditentry_kept ON accounts_auditentry;
DROP FUNCTION accounts_refuse_wiping();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sign_in")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
