"""Access that is given back to Intuit, over real sockets."""

import pytest

from sandbox.loopback import listening
from sandbox.quickbooks import QuickBooks
from services.errors import ConnectionLost, TryLater
from services.quickbooks.auth import IntuitAuthority

CALLBACK = "http://127.0.0.1:3000/quickbooks/callback"


def an_authority(quickbooks: QuickBooks, url: str, *, secret: str) -> IntuitAuthority:
    return IntuitAuthority(
        client_id=quickbooks.client_id,
        client_secret=secret,
        redirect_uri=CALLBACK,
        environment=f"{url}/.well-known/openid_sandbox_configuration",
    )


async def test_revoked_access_is_over_and_revoking_it_again_is_harmless() -> None:
    quickbooks = QuickBooks()
    company = quickbooks.add_company(name="Larkspur Accounting")
    granted = quickbooks.tokens.connect(
        realm_id=company.realm_id,
        client_id=quickbooks.client_id,
        scope="com.intuit.quickbooks.accounting",
    )
    async with listening(quickbooks.app) as url:
        stranger = an_authority(quickbooks, url, secret="not-ours")
        with pytest.raises(TryLater):
            await stranger.revoke(granted.refresh_token)
        authority = an_authority(quickbooks, url, secret=quickbooks.client_secret)
        await authority.revoke(granted.refresh_token)
        with pytest.raises(ConnectionLost):
            await authority.refresh(granted.refresh_token)
        await authority.revoke(granted.refresh_token)
