"""Invoices, refunds, allocations, and every operation on them."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATUSES = "status IN ('not_synced', 'syncing', 'synced', 'failed', 'skipped')"
STATES = "'pending', 'sending', 'unconfirmed', 'done', 'failed', 'refused', 'skipped', 'cancelled'"
OPERATIONS = "'create', 'update', 'void', 'delete', 'apply', 'unapply', 'release'"
RULES = {
    "synced_has_a_quickbooks_id": "status = 'syncing' OR (status = 'synced') = (qbo_id IS NOT NULL)",
    "linked_is_in_quickbooks": "NOT linked OR qbo_id IS NOT NULL",
    "a_possible_twin_is_named": "(twin_id IS NOT NULL) = (cause IS NOT NULL AND cause = 'possible_twin')",
    "a_note_is_about_what_is_synced": "(note_operation IS NULL) = (note_cause IS NULL) AND (note_operation IS NULL OR status = 'synced')",
}
FAILED_AND_SKIPPED = "(status IN ('failed', 'skipped')) = (cause IS NOT NULL)"


def upgrade() -> None:
    _extend_firms()
    _extend_records("clients")
    _extend_payments()
    _extend_outbox()
    _extend_connections()
    _create_invoices()
    _create_allocations()
    _create_refunds()


def _extend_firms() -> None:
    with op.batch_alter_table("firms") as batch:
        for name in ("next_invoice_number", "next_refund_number"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="1001"))
        batch.add_column(sa.Column("deposit_account_id", sa.String(), nullable=True))
        batch.add_column(
            sa.Column("method_accounts", sa.JSON(), nullable=False, server_default="{}")
        )
        batch.add_column(sa.Column("service_item_id", sa.String(), nullable=True))
        batch.add_column(sa.Column("start_on", sa.Date(), nullable=True))
        batch.add_column(
            sa.Column("twin_window_days", sa.Integer(), nullable=False, server_default="5")
        )


def _extend_records(table: str) -> None:
    with op.batch_alter_table(table) as batch:
        for name in ("twin_id", "note_operation", "note_cause", "note_detail"):
            batch.add_column(sa.Column(name, sa.String(), nullable=True))
        if table == "clients":
            batch.add_column(_flag("excluded"))
        batch.drop_constraint(op.f(f"ck_{table}_synced_has_a_quickbooks_id"), type_="check")
        batch.drop_constraint(op.f(f"ck_{table}_linked_is_synced"), type_="check")
        for name, rule in RULES.items():
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), sa.text(rule))
        _tie_once(batch, table)


def _extend_payments() -> None:
    _extend_records("payments")
    with op.batch_alter_table("payments") as batch:
        batch.add_column(sa.Column("deposit_account_id", sa.String(), nullable=True))
        batch.add_column(
            sa.Column(
                "applied_elsewhere_minor",
                sa.BigInteger(),
                nullable=False,
                server_default=sa.text("0"),
            )
        )
        batch.add_column(_flag("voided"))


def _extend_outbox() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(
            sa.Column("same_answers", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        batch.add_column(sa.Column("details", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("then_operation", sa.String(), nullable=True))
        batch.add_column(_flag("follows"))
        batch.add_column(_flag("voids_record"))
        batch.add_column(sa.Column("override_cause", sa.String(), nullable=True))
        batch.add_column(sa.Column("override_twin", sa.String(), nullable=True))
        batch.drop_constraint(op.f("ck_outbox_state_is_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_outbox_state_is_known"), sa.text(f"state IN ({STATES})")
        )
        batch.create_check_constraint(
            op.f("ck_outbox_operation_is_known"), sa.text(f"operation IN ({OPERATIONS})")
        )


def _extend_connections() -> None:
    """What is missing is read anew before the next push."""
    with op.batch_alter_table("connections") as batch:
        batch.drop_column("undeposited_funds_id")
        batch.add_column(sa.Column("accounts", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("items", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(_flag("invoices_need_tax"))
        batch.add_column(sa.Column("books_closed_until", sa.Date(), nullable=True))
    op.execute("UPDATE connections SET company_read_at = 0")


def _create_invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("invoiced_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        *_submission("invoices"),
        *_sync("invoices"),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_invoices_total_is_not_negative")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_invoices_client_id")),
        sa.UniqueConstraint("firm_id", "number_key", name=op.f("uq_invoices_firm_id_number_key")),
    )
    with op.batch_alter_table("invoices") as batch:
        batch.create_index(op.f("ix_invoices_client_id"), ["client_id"])
        _tie_once(batch, "invoices")
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")
        ),
        sa.PrimaryKeyConstraint("invoice_id", "position", name=op.f("pk_invoice_lines")),
    )


def _create_allocations() -> None:
    op.create_table(
        "allocations",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("wanted_minor", sa.BigInteger(), nullable=True),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_allocations_amount_is_not_negative")),
        sa.CheckConstraint(
            "amount_minor > 0 OR wanted_minor IS NOT NULL",
            name=op.f("ck_allocations_nothing_is_allotted_for_nothing"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_allocations_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_allocations_invoice_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", "invoice_id", name=op.f("pk_allocations")),
    )
    with op.batch_alter_table("allocations") as batch:
        batch.create_index(op.f("ix_allocations_invoice_id"), ["invoice_id"])


def _create_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        *_submission("refunds"),
        *_sync("refunds"),
        sa.CheckConstraint(
            "reason IN ('sale_reversed', 'credit_returned')",
            name=op.f("ck_refunds_reason_is_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")
        ),
        sa.UniqueConstraint("firm_id", "number", name=op.f("uq_refunds_firm_id_number")),
    )
    with op.batch_alter_table("refunds") as batch:
        batch.create_index(op.f("ix_refunds_payment_id"), ["payment_id"])


def _submission(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("submission_digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f(f"fk_{table}_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "firm_id", "submission_id", name=op.f(f"uq_{table}_firm_id_submission_id")
        ),
    ]


def _sync(table: str) -> list[sa.schema.SchemaItem]:
    texts = ("twin_id", "note_operation", "note_cause", "note_detail")
    rules = {**RULES, "failed_and_skipped_say_why": FAILED_AND_SKIPPED, "status_is_known": STATUSES}
    return [
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("qbo_id", sa.String(), nullable=True),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in texts),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
            for name, rule in rules.items()
        ),
    ]


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _tie_once(batch: BatchOperations, table: str) -> None:
    batch.create_index(
        f"ix_{table}_tied_once",
        ["firm_id", "qbo_id"],
        unique=True,
        sqlite_where=sa.text("qbo_id IS NOT NULL"),
        postgresql_where=sa.text("qbo_id IS NOT NULL"),
    )
