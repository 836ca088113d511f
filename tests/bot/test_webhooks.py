"""Intuit's webhooks: what has changed in QuickBooks is known before the next push."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from sandbox.quickbooks.webhooks import Change, Deed, cloud_events, legacy_events, sign
from tests.world import World, a_world

VERIFIER = "a-verifier-of-the-tests"
AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    given = {"intuit_webhook_verifier_token": SecretStr(VERIFIER)}
    async with a_world(tmp_path, **given) as whole:
        yield whole


async def tell(world: World, body: bytes, signature: str | None = None) -> int:
    """The status of the answer."""
    signature = sign(body, verifier_token=VERIFIER) if signature is None else signature
    async with httpx.AsyncClient(trust_env=False) as intuit:
        answer = await intuit.post(
            f"{world.url}/quickbooks/webhooks",
            content=body,
            headers=[(b"intuit-signature", signature.encode("latin-1"))],
        )
    return answer.status_code


def readings(world: World) -> int:
    """How often the company was read."""
    return sum(each.entity == "companyinfo" for each in world.quickbooks.requests)


@pytest.mark.parametrize("render", [cloud_events, legacy_events])
async def test_what_has_changed_is_read_again_before_the_next_push(
    world: World, render: Callable[[str, list[Change]], bytes]
) -> None:
    await world.connect()
    await world.add_client("Acme")
    first = await world.record(sync=True)
    await world.until(first, "· Synced")
    before = readings(world)
    changes = [Change("Payment", "7", Deed.VOIDED, AT), Change("Account", "35", Deed.UPDATED, AT)]
    body = render(world.company.realm_id, changes)
    assert await tell(world, body) == 200
    assert await tell(world, body) == 200  # Intuit's gateway is known to send twice.
    second = await world.record(sync=True, amount="12.00")
    await world.until(second, "· Synced")
    assert readings(world) == before + 1


async def test_what_is_not_signed_by_intuit_is_turned_away(world: World) -> None:
    body = cloud_events("1", [Change("Account", "35", Deed.UPDATED, AT)])
    for signature in ("", "forged", sign(body, verifier_token="another"), "\xe9"):
        assert await tell(world, body, signature) == 401
    assert await tell(world, body + b" ", sign(body, verifier_token=VERIFIER)) == 401


async def test_what_cannot_be_read_or_is_of_a_stranger_is_answered_and_changes_nothing(
    world: World,
) -> None:
    await world.connect()
    before = readings(world)
    other = cloud_events("99", [Change("Account", "35", Deed.UPDATED, AT)])
    for body in (other, b"", b"[]", b"{}", b"no JSON", b'[{"type": 1}]', b'[["x"]]', b"\xff"):
        assert await tell(world, body) == 200
    await world.add_client("Acme")
    await world.until(await world.record(sync=True), "· Synced")
    assert readings(world) == before


async def test_a_body_beyond_measure_is_not_read(world: World) -> None:
    assert await tell(world, b" " * 1_000_001) == 413


async def test_without_a_verifier_nothing_listens(tmp_path: Path) -> None:
    async with a_world(tmp_path) as whole:
        assert await tell(whole, b"[]") == 404
