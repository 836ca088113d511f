"""The first ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "firms",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sync_by_default", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("settings_version", sa.Integer(), nullable=False),
        sa.Column("next_payment_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firms")),
    )
    op.create_table(
        "leases",
        sa.Column("realm_id", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("paused_because", sa.String(), nullable=True),
        sa.Column("minute_began_at", sa.BigInteger(), nullable=False),
        sa.Column("requests_this_minute", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("realm_id", name=op.f("pk_leases")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("intuit_tid", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_audit_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_record", ["record_id", "id"], unique=False)

    op.create_table(
        "clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("qbo_id", sa.String(), nullable=True),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(status = 'synced') = (qbo_id IS NOT NULL)",
            name=op.f("ck_clients_synced_has_a_quickbooks_id"),
        ),
        sa.CheckConstraint(
            "(status IN ('failed', 'skipped')) = (cause IS NOT NULL)",
            name=op.f("ck_clients_failed_and_skipped_say_why"),
        ),
        sa.CheckConstraint(
            "NOT linked OR status = 'synced'", name=op.f("ck_clients_linked_is_synced")
        ),
        sa.CheckConstraint(
            "status IN ('not_synced', 'syncing', 'synced', 'failed', 'skipped')",
            name=op.f("ck_clients_status_is_known"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_clients_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("firm_id", "name_key", name=op.f("uq_clients_firm_id_name_key")),
    )
    op.create_table(
        "connections",
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("realm_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("company_name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("undeposited_funds_id", sa.String(), nullable=True),
        sa.Column("payment_methods", sa.JSON(), nullable=False),
        sa.Column("company_read_at", sa.BigInteger(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("access_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("refresh_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("refresh_epoch", sa.Integer(), nullable=False),
        sa.Column("refresh_until", sa.BigInteger(), nullable=True),
        sa.Column("connected_by", sa.String(), nullable=False),
        sa.Column("connected_at", sa.BigInteger(), nullable=False),
        sa.Column("lost_because", sa.String(), nullable=True),
        sa.Column("last_success_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'active', 'lost')", name=op.f("ck_connections_state_is_known")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_connections_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_connections")),
        sa.UniqueConstraint("realm_id", name=op.f("uq_connections_realm_id")),
    )
    op.create_table(
        "consents",
        sa.Column("secret_digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("browser_digest", sa.String(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_consents_firm_id")),
        sa.PrimaryKeyConstraint("secret_digest", name=op.f("pk_consents")),
    )
    op.create_table(
        "members",
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_outsider", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_members_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "user_id", name=op.f("pk_members")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("unresolved", sa.Boolean(), nullable=False),
        sa.Column("lease_epoch", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("first_sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_sent_at", sa.BigInteger(), nullable=True),
        sa.Column("waits_for", sa.String(), nullable=True),
        sa.Column("refused_cause", sa.String(), nullable=True),
        sa.Column("refused_detail", sa.String(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state <> 'pending' OR NOT unresolved", name=op.f("ck_outbox_pending_was_never_sent")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'unconfirmed', 'done', 'failed', 'skipped', 'cancelled')",
            name=op.f("ck_outbox_state_is_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sending', 'unconfirmed') OR body IS NOT NULL",
            name=op.f("ck_outbox_sent_has_a_body"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_outbox_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("request_id", name=op.f("uq_outbox_request_id")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_due", ["firm_id", "state", "due_at"], unique=False)
        batch_op.create_index(
            "ix_outbox_one_open_entry_per_record",
            ["record_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('pending', 'sending', 'unconfirmed')"),
            postgresql_where=sa.text("state IN ('pending', 'sending', 'unconfirmed')"),
        )

    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("submission_digest", sa.String(), nullable=False),
        sa.Column("notice_channel", sa.String(), nullable=True),
        sa.Column("notice_ts", sa.String(), nullable=True),
        sa.Column("notice_version", sa.Integer(), nullable=False),
        sa.Column("notice_due_at", sa.BigInteger(), nullable=False),
        sa.Column("notice_attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("qbo_id", sa.String(), nullable=True),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(status = 'synced') = (qbo_id IS NOT NULL)",
            name=op.f("ck_payments_synced_has_a_quickbooks_id"),
        ),
        sa.CheckConstraint(
            "(status IN ('failed', 'skipped')) = (cause IS NOT NULL)",
            name=op.f("ck_payments_failed_and_skipped_say_why"),
        ),
        sa.CheckConstraint(
            "NOT linked OR status = 'synced'", name=op.f("ck_payments_linked_is_synced")
        ),
        sa.CheckConstraint(
            "status IN ('not_synced', 'syncing', 'synced', 'failed', 'skipped')",
            name=op.f("ck_payments_status_is_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payments_amount_is_positive")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_payments_client_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_payments_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_payments_firm_id_number")),
        sa.UniqueConstraint(
            "firm_id", "submission_id", name=op.f("uq_payments_firm_id_submission_id")
        ),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_client_id"), ["client_id"], unique=False)
        batch_op.create_index(
            "ix_payments_notice_behind",
            ["notice_due_at"],
            unique=False,
            sqlite_where=sa.text("notice_version < version"),
            postgresql_where=sa.text("notice_version < version"),
        )
