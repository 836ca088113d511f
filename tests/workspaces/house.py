"""A firm with something of everything, and all that its own people can press and fill in there."""

from collections import defaultdict
from dataclasses import dataclass, field

from handlers import ids
from handlers.register import BUTTONS
from sandbox.slack import Modal, payloads
from sandbox.slack.message import Message
from sandbox.slack.records import Payload
from sandbox.slack.screen import pressables
from sandbox.slack.views import find_view
from services.db.opening import open_database
from services.domain.causes import Cause
from services.domain.ids import FirmId
from services.domain.ledger import Client, SyncFacts
from services.domain.sync import Status
from tests.builders import a_line
from tests.db.shelf import Shelf
from tests.handlers.forging import press
from tests.world import PATIENCE, World

# What is this firm's alone: wherever it is read in another one, something leaks.
SECRETS = ("Quillfeather", "quill@feather.example", "Sealskin", "4,321.09", "4321.09", "Larkspur")
WHAT_OPENS_FORMS = (
    *("/payment new", "/invoice new", "/client new"),
    *("/quickbooks settings", "/quickbooks disconnect"),
)
WHAT_SHOWS_BUTTONS = (
    *("/payment list", "/invoice list", "/client list", "/quickbooks", "/quickbooks failures"),
    *("/payment show P-5003", "/invoice show INV-5002", "/client show Quillfeather"),
)
CHANGES_SOMETHING = {ids.RETRY_ALL, ids.LINK_NEAR_MATCH}  # And opens nothing.


@dataclass
class House:
    """`records` are ids; `values` what its buttons bring back, by their names.

    `forms` are what its people would send, by callback id.
    """

    world: World
    records: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    values: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    forms: dict[str, Payload] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """All that names anything of this firm."""
        people = (self.world.olivia.id, self.world.anna.id)
        return [*self.records, self.world.workspace.team_id, self.world.company.realm_id, *people]

    @property
    def of_each_kind(self) -> list[str]:
        """One record each, which is in QuickBooks, and one that failed."""
        return self.records[:4] + self.records[6:10]

    async def fill(self) -> None:
        """Records of every kind that are in QuickBooks, that failed, and that are neither."""
        await self.world.connect()
        failed = SyncFacts(Status.FAILED, cause=Cause.GONE, blame=f"{Cause.GONE}:its own")
        async with open_database(self.world.config.database_url) as database:
            shelf = Shelf(database)
            client = await self._fill(shelf, "Quillfeather", *self._in_quickbooks())
            await self._add_what_can_be_linked(shelf, client)
            await self._fill(shelf, "Quillfeather & Sons", *[failed] * 4)
            await self._fill(shelf, "Quillfeather Ltd", *[SyncFacts(Status.NOT_SYNCED)] * 4)
        await self.world.message_to(self.world.olivia, "need")  # The alert.

    def _in_quickbooks(self) -> list[SyncFacts]:
        company = self.world.company
        customer = str(company.add_customer("Quillfeather")["Id"])
        made = (
            company.add_invoice(customer, "4321.09"),
            company.add_payment(customer, "4321.09"),
            company.add_refund_receipt(customer, "1.00"),
        )
        qbo_ids = [customer, *(str(each["Id"]) for each in made)]
        return [SyncFacts(Status.SYNCED, qbo_id=each) for each in qbo_ids]

    async def _add_what_can_be_linked(self, shelf: Shelf, client: Client) -> None:
        company, customer = self.world.company, str(client.sync.qbo_id)
        company.add_invoice(customer, "4321.09")
        company.add_payment(customer, "4321.09")
        invoice = await shelf.invoice(client, a_line("4321.09"), firm_id=client.firm_id)
        payment = await shelf.payment(client, amount="4321.09", firm_id=client.firm_id)
        self.records += [str(invoice.id), str(payment.id)]

    async def _fill(self, shelf: Shelf, name: str, *facts: SyncFacts) -> Client:
        own = {"firm_id": FirmId(self.world.workspace.team_id)}
        email = "quill@feather.example"
        client = await shelf.client(name=name, email=email, sync=facts[0], **own)
        invoice = await shelf.invoice(client, a_line("4321.09"), sync=facts[1], **own)
        payment = await shelf.payment(
            client, amount="4321.09", description="Sealskin", sync=facts[2], **own
        )
        refund = await shelf.refund(payment, amount="1.00", sync=facts[3], **own)
        self.records += [str(each.id) for each in (client, invoice, payment, refund)]
        self.names += [client.name, invoice.number, payment.name, refund.name]
        return client

    async def look_around(self) -> None:
        """Read every list, and open every form that there is."""
        olivia = self.world.olivia
        for line in WHAT_SHOWS_BUTTONS:
            await olivia.command(line)
            await olivia.replies()
        for message in (*olivia.ephemerals, *olivia.direct_messages):
            self._note_buttons(message)
        for line in WHAT_OPENS_FORMS:
            await olivia.command(line)
            self._note_form(await olivia.modal())
        message = olivia.direct_messages[-1]
        for name, order in BUTTONS.items():
            if order.opens and name not in CHANGES_SOMETHING and not name.endswith("/changed"):
                await self._open(message, name)

    def _note_buttons(self, message: Message) -> None:
        for each in pressables(message.blocks):
            name, value = each.element["action_id"], each.element.get("value", "")
            if each.option is not None:
                name, _, value = each.option["value"].partition(" ")
            self.values[name].add(value)

    def _note_form(self, modal: Modal) -> None:
        workspace, person = self.world.workspace, self.world.olivia
        view = find_view(workspace, view_id=modal.id, external_id=None)
        form = payloads.view_submission(workspace, person.account, view)
        self.forms.setdefault(form["view"]["callback_id"], form)
        workspace.close_views(person.id)

    async def _open(self, message: Message, name: str) -> None:
        """With the first of what it could be meant for that it opens a form for."""
        olivia = self.world.olivia
        for value in (*sorted(self.values[name]), *self.records):
            heard = len(olivia.ephemerals)
            assert (await press(self.world, message, olivia, name, value)).accepted
            await self._until_answered(heard)
            if olivia.modal_in_front is not None:
                self._note_form(olivia.modal_in_front)
                return

    async def _until_answered(self, heard: int) -> None:
        olivia = self.world.olivia
        await self.world.workspace.wait_until(
            lambda: olivia.modal_in_front or len(olivia.ephemerals) > heard, PATIENCE
        )
