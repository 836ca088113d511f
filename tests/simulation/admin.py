"""An admin: connects QuickBooks, and chooses."""

import asyncio
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import httpx

from services.db import ledger
from services.domain.ids import RealmId
from services.domain.ledger import Method, Settings
from services.errors import ConnectionLost, Refused, TryLater
from tests.simulation.kernel import CrashedError
from tests.simulation.office import CHECKING, CLOSED_UNTIL, OLIVIA, SAVINGS, UNDEPOSITED
from tests.simulation.program import Program
from tests.simulation.staff import PATIENCE, Staff

MOST_CONSENTS = 10  # Then an admin lets the storm pass, and looks again later.
BROWSES = 30.0  # Seconds, on average, between two looks at what QuickBooks holds.
START_DATES = (None, CLOSED_UNTIL, date(2026, 2, 28))


class Admin(Staff):
    async def connect(self) -> None:
        """Slack's link, Intuit's page, our question; and all over again."""
        for _ in range(MOST_CONSENTS):
            try:
                await self._connect()
            except (CrashedError, TryLater, ConnectionLost, Refused) as error:
                self.note(f"could not connect: {error}")
                await asyncio.sleep(PATIENCE)
            else:
                self.note("connected QuickBooks")
                return

    async def _connect(self) -> None:
        realm = RealmId(self.firm.company.realm_id)
        link = await self.insist(lambda program: program.connections.begin(self.firm.id, OLIVIA))
        url, browser = await self.insist(lambda program: program.connections.go_to_intuit(link))
        answer = await self._consent(url)
        await self.insist(
            lambda program: program.connections.finish(
                state=answer["state"], browser=browser, code=answer["code"], realm=realm
            )
        )
        await self.insist(
            lambda program: program.connections.confirm(self.firm.id, realm, by=OLIVIA)
        )

    async def _consent(self, url: str) -> dict[str, str]:
        """Intuit's page, on which the admin picks the company; a browser's own network is good."""
        transport = httpx.ASGITransport(self.running.quickbooks.app)
        async with httpx.AsyncClient(transport=transport) as browser:
            page = await browser.get(f"{url}&realmId={self.firm.company.realm_id}")
        back = parse_qs(urlsplit(page.headers["Location"]).query)
        return {name: values[0] for name, values in back.items()}

    async def disconnect(self) -> None:
        """For a while: whoever looks next connects again."""
        firm = self.firm.id
        try:
            await self.insist(lambda program: program.connections.disconnect(firm, by=OLIVIA))
            await self.insist(lambda program: program.connections.revoke(firm, by=OLIVIA))
        except (Refused, TryLater, ConnectionLost) as error:
            self.note(f"disconnecting: {error}")
        else:
            self.running.journal.saw("disconnected")
            self.note("disconnected QuickBooks")

    async def choose(self) -> None:
        """Where the money goes from now on, from when on payments count, what is a twin."""
        account = self.chance.choice([None, CHECKING, SAVINGS])
        methods: dict[str, str] = {Method.CASH: SAVINGS} if self.chance.random() < 0.3 else {}
        start_on = self.chance.choices(START_DATES, weights=[8, 1, 1])[0]
        window = self.chance.choice([0, 5])
        # It may be in force before we hear of it.
        self.firm.accounts |= {account or UNDEPOSITED, *methods.values()}
        if start_on:
            self.firm.start_dates.add(start_on)

        async def save(program: Program) -> None:
            before = await self._settings(program)
            chosen = replace(
                before,
                deposit_account_id=account,
                method_accounts=methods,
                start_on=start_on,
                twin_window_days=window,
            )
            await program.settings.save(self.firm.id, chosen, by=OLIVIA)

        try:
            await self.insist(save)
        except Refused as refused:
            self.note(f"settings: {refused}")
        else:
            self.note(f"deposits to {account}, {methods}, from {start_on}, {window=}")
            self.running.journal.saw("settings saved")

    async def browse(self, within: float) -> None:
        """Look at what QuickBooks holds, all day long: in each window at the same moments."""
        chance = self.running.chance(f"windows of {self.firm.id}")
        now = self.running.clock.monotonic
        looks_at, ends_at = now(), now() + within
        while looks_at < ends_at:
            looks_at += chance.expovariate(1 / BROWSES)
            await asyncio.sleep(looks_at - now())
            await self._look_up()

    async def _look_up(self) -> None:
        try:
            await self.insist(lambda program: program.live.accounts(self.firm.id))
        except (Refused, TryLater, ConnectionLost) as error:
            self.note(f"cannot see the accounts: {error}")
        else:
            self.running.journal.saw("accounts seen")

    async def _settings(self, program: Program) -> Settings:
        async with program.database.read() as db:
            return await ledger.get_settings(db, self.firm.id)
