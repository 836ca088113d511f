"""The modal in which admins choose."""

import json
from dataclasses import replace
from typing import Any

from handlers import ids
from handlers.desk import Desk, Request
from handlers.elements import Block, Reply, field_input, modal, toggle
from handlers.forms import is_checked
from services.domain.ledger import Settings


def settings_modal(settings: Settings) -> Block:
    view = modal(
        ids.SETTINGS,
        "Settings",
        "Save",
        [
            field_input(
                ids.SYNC_BY_DEFAULT,
                "Payments",
                toggle(
                    "By default, sync manually created payments with QuickBooks",
                    ids.ON,
                    checked=settings.sync_by_default,
                ),
                optional=True,
                hint="Everyone can still choose for each payment. "
                "It counts for payments begun from now on.",
            ),
        ],
    )
    return {**view, "private_metadata": json.dumps({"version": settings.version})}


async def save_settings(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    member = request.member
    shown = json.loads(view["private_metadata"])
    chosen = replace(
        request.settings,
        sync_by_default=is_checked(view["state"]["values"], ids.SYNC_BY_DEFAULT),
        version=int(shown["version"]),
    )
    await desk.settings.save(member.firm_id, chosen, by=member.user_id)
    choice = "are synced" if chosen.sync_by_default else "are not synced"
    return Reply(f"Saved. New payments {choice} with QuickBooks unless somebody chooses otherwise.")
