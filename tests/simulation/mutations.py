"""Mistakes that somebody could make: each must be found, by a life or by a test of its own."""

from dataclasses import dataclass
from pathlib import Path

from tests.simulation.life import Conditions
from tests.simulation.storage import Kind
from tests.simulation.stories import Plot
from tests.simulation.weather import Weather

SEEDS = 150  # Far more than are needed: a run stops at the first broken promise.
TWICE = "in QuickBooks and not"


@dataclass(frozen=True)
class Lives:
    """Simulated lives in this weather, each telling this story; several workers on PostgreSQL."""

    weather: Weather
    plot: Plot | None = None
    first: int = 0  # Near the first that finds it; those before it would only take time.
    workers: int = 1

    def __str__(self) -> str:
        words = [f"lives, {self.weather}", self.plot]
        several = f"{self.workers} workers" if self.workers > 1 else None
        return ", ".join(each for each in [*words, several] if each)

    @property
    def database(self) -> Kind:
        return Kind.SQLITE if self.workers == 1 else Kind.POSTGRESQL

    @property
    def conditions(self) -> Conditions:
        return Conditions(self.weather, self.plot, self.workers)

    @property
    def command(self) -> list[str]:
        seeds = ["--first", str(self.first), "--seeds", str(SEEDS)]
        under = ["--weather", self.weather, *(["--plot", self.plot] if self.plot else [])]
        on = ["--database", self.database, "--workers", str(self.workers)]
        return ["-m", "tests.simulation", "--jobs", "1", *seeds, *under, *on]


@dataclass(frozen=True)
class Mutation:
    """`old` stands in `file` once, and becomes `new`.

    `shows_as` matches what is said by whoever finds it, so that no other mistake is taken for it.
    """

    name: str
    file: str
    old: str
    new: str
    found_by: tuple[Lives | str, ...]
    shows_as: str

    def plant(self, tree: Path) -> None:
        path = tree / self.file
        text = path.read_text()
        assert text.count(self.old) == 1, f"{self.file} has changed: look at {self.name!r} anew."
        path.write_text(text.replace(self.old, self.new))


MUTATIONS = (
    # The three guards of exactly once.
    Mutation(
        "each attempt has a key of its own",
        "services/sync.py",
        "                entry.key.request_id,\n",
        '                f"{entry.key.request_id}{entry.attempt}",\n',
        (Lives(Weather.LAGGY), Lives(Weather.LATE, first=35)),
        TWICE,
    ),
    Mutation(
        "nobody looks before sending again",
        "services/pushes/create.py",
        "        if case.entry.unresolved:\n",
        "        if case.entry.unresolved and not case.entry.body:\n",
        (Lives(Weather.FORGETFUL),),
        TWICE,
    ),
    Mutation(
        "whoever was thought dead settles all the same",
        "services/db/outbox.py",
        """        outbox.c.state == bindparam("was"),
        outbox.c.attempt == bindparam("was_attempt"),
        or_(
            outbox.c.state != EntryState.SENDING,
            outbox.c.lease_epoch == bindparam("epoch"),
        ),
        exists().where(
            leases.c.realm_id == bindparam("realm"), leases.c.epoch == bindparam("epoch")
        ),
""",
        "",
        (Lives(Weather.PLAIN, first=15), Lives(Weather.PLAIN, first=39, workers=2)),
        "ended” made|constraint failed: outbox|open entries",
    ),
    # What is asked for.
    Mutation(
        "a sync after an unsync is the same intention",
        "services/db/ledger/records.py",
        ".values(generation=table.c.generation + 1)",
        ".values(generation=1)",
        (Lives(Weather.PLAIN, Plot.REFUNDED_THEN_UNDONE),),
        "UNIQUE constraint failed: outbox.request_id",
    ),
    Mutation(
        "what was sent can be called back",
        "services/db/outbox.py",
        ".where(outbox.c.id == entry.id, outbox.c.state == EntryState.PENDING, ~outbox.c.follows)",
        ".where(outbox.c.id == entry.id, outbox.c.state.in_(OPEN_STATES), ~outbox.c.follows)",
        (Lives(Weather.PLAIN, first=10),),
        TWICE + "|open entries|not_synced",
    ),
    Mutation(
        "more is allotted than an invoice has left",
        "services/domain/allocation.py",
        "if allocation.amount.minor > invoice.balance_due.minor + held:",
        "if allocation.amount.minor > invoice.total.minor:",
        (Lives(Weather.PLAIN, Plot.SETTLED_BY_SEVERAL),),
        " is paid",
    ),
    Mutation(
        "what a change takes off an invoice can still be settled",
        "services/allotting.py",
        "        return replace(invoice, total=min(invoice.total, changed.total))\n",
        "        return replace(invoice, total=max(invoice.total, changed.total))\n",
        (Lives(Weather.PLAIN, Plot.SETTLED_BY_SEVERAL),),
        " is paid",
    ),
    Mutation(
        "two records are tied to one payment",
        "services/intentions.py",
        "    if taken:\n",
        "    if taken and not taken:\n",
        (Lives(Weather.PLAIN, Plot.TWIN_IS_FOUND),),
        "UNIQUE constraint failed: payments.firm_id, payments.qbo_id",
    ),
    # On the way in.
    Mutation(
        "the firm's deposit account is forgotten",
        "services/pushes/payments.py",
        "    return chosen or case.company.undeposited_funds_id\n",
        "    return case.company.undeposited_funds_id or chosen\n",
        (Lives(Weather.PLAIN),),
        "went to account 4",
    ),
    Mutation(
        "a returned credit is not tied to its payment",
        "services/intentions.py",
        "    return Operation.APPLY if is_returned else None\n",
        "    return None if is_returned else None\n",
        (Lives(Weather.PLAIN, Plot.REFUNDED_THEN_UNDONE),),
        "is not tied to its payment, without a word",
    ),
    Mutation(
        "a refusal under doubt is believed",
        "services/domain/sync.py",
        "return Settlement(EntryState.UNCONFIRMED, unresolved=True, look_again=True)",
        "return Settlement(EntryState.FAILED)",
        ("tests/domain/test_settle.py",),
        "test_an_outcome_settles_an_entry",
    ),
    Mutation(
        "a doubt is forgotten when the next attempt is turned away",
        "services/domain/sync.py",
        "            case NotSent():\n                return _IN_DOUBT\n",
        "",
        ("tests/domain/test_settle.py",),
        "test_an_outcome_settles_an_entry",
    ),
    Mutation(
        "what is sent again is built anew",
        "services/claims.py",
        "body = case.entry.body or to_json(",
        "body = to_json(",
        ("tests/services/books/test_open_questions.py",),
        "test_a_request_that_is_sent_again_is_the_same_to_the_letter",
    ),
    Mutation(
        "an edit loses our marker",
        "services/quickbooks/mapping/payments.py",
        """        text = reworded(text, before.description, wanted.description)
    if ours := our_line(current):
""",
        """        text = wanted.description or ""
    if ours := our_line({"PrivateNote": text}):
""",
        (Lives(Weather.PLAIN, Plot.SETTLED_BY_SEVERAL, first=10),),
        r"has the markers set\(\)",
    ),
    Mutation(
        "a refused change leaves no word",
        "services/records.py",
        "linked=before.linked, note=refusal)",
        "linked=before.linked, note=note)",
        (Lives(Weather.PLAIN, Plot.CHANGED_ON_BOTH_SIDES),),
        "was not told",
    ),
    Mutation(
        "what was held for a refused change is not given back",
        "services/pushes/payments.py",
        "        await ledger.unreserve(db, case.record.id)\n",
        "        del db, case\n",
        (Lives(Weather.PLAIN, Plot.CHANGED_ON_BOTH_SIDES, first=25),),
        "holds something for a change that is over",
    ),
    # On the way out.
    Mutation(
        "a payment leaves its refunds behind",
        "services/db/due.py",
        "exists().where(refunds.c.payment_id == outbox.c.record_id, refunds.c.qbo_id.is_not(None))",
        "exists().where(refunds.c.payment_id == outbox.c.record_id, refunds.c.qbo_id.is_(None))",
        (Lives(Weather.PLAIN, Plot.REFUNDED_THEN_UNDONE),),
        "was left behind|waits for nothing",
    ),
    Mutation(
        "refunds are not taken along",
        "services/removals.py",
        "        await _take_along(db, refund, by=by, at=at)\n",
        "        refund.sync\n",
        (Lives(Weather.PLAIN, Plot.REFUNDED_THEN_UNDONE),),
        "waits for nothing",
    ),
    # Who may call.
    Mutation(
        "renewed tokens are not stored",
        "services/access.py",
        "self.store.save_refreshed(db, realm, refreshed, epoch=epoch, now=self.clock())",
        "self.store.release_refresh(db, realm, epoch=epoch)",
        ("tests/services/test_access.py",),
        "test_access_is_renewed_before_it_ends",
    ),
    # Where several work on one ledger.
    Mutation(
        "renewed tokens are stored by whoever comes late",
        "services/db/tokens.py",
        """            .where(connections.c.realm_id == realm, connections.c.refresh_epoch == epoch)
            .values(refresh_epoch=epoch + 1,""",
        """            .where(connections.c.realm_id == realm)
            .values(refresh_epoch=epoch + 1,""",
        (Lives(Weather.PLAIN, first=30, workers=2),),
        "keeps what it asked for",
    ),
    Mutation(
        "a refresh is claimed for no time",
        "services/access.py",
        "until=now + REFRESH_TAKES",
        "until=now",
        (Lives(Weather.PLAIN, workers=2),),
        "refreshes at",
    ),
    Mutation(
        "a firm's writers take no turns",
        "services/db/postgres.py",
        "            if firm is not None:\n",
        "            if firm is None:\n",
        (Lives(Weather.PLAIN, first=28, workers=3),),
        "UniqueViolation",
    ),
)
