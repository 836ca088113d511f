"""Many workspaces in Socket Mode: the sockets are the app's, and bring what all of them do."""

from pathlib import Path

from sandbox.slack import SOCKETS
from tests.workspaces.neighbours import two_firms


async def test_two_firms_install_it_and_share_its_sockets(tmp_path: Path) -> None:
    async with two_firms(tmp_path, SOCKETS) as neighbours:
        for firm in (neighbours.larkspur, neighbours.birch):
            assert (await neighbours.install(firm)).status_code == 200
            await firm.connect()
            await firm.add_client("Acme")
            message = await firm.record(sync=True)
            await firm.until(message, "Synced")
        assert neighbours.larkspur.totals == neighbours.birch.totals == ["500.00"]
        assert len(neighbours.larkspur.workspace.sockets.open) == 2
