"""What all creates share: look for our own first where it may be there, and for a twin else."""

from abc import ABC
from collections.abc import Iterable

from services.domain.causes import Cause
from services.domain.sync import Operation, Outcome, Skipped
from services.domain.twins import Candidate
from services.pushes.push import NOTHING, Case, Push, R, Seen, found, sent_since
from services.pushes.sight import Sight
from services.quickbooks.mapping import wire


class Create(Push[R], ABC):
    operation = Operation.CREATE

    async def look(self, case: Case[R], sight: Sight) -> Outcome | Seen:
        if case.entry.unresolved:
            return await self._find_ours(case, sight)
        return await self.find_twin(case, sight)

    async def _find_ours(self, case: Case[R], sight: Sight) -> Outcome | Seen:
        """By the marker in its note, among what was created since."""
        since = f"MetaData.CreateTime >= {wire.quoted_instant(sent_since(case.entry))}"
        where = " AND ".join([*self.narrowed(case.record), since])
        recent = await sight.query(self.entity(case.record), where)
        ours = wire.find_marked(recent, "PrivateNote", case.entry.key)
        return found(ours) if ours else NOTHING

    def narrowed(self, record: R) -> list[str]:
        """Conditions that QuickBooks can be asked for; all that is left out costs pages."""
        del record
        return []

    async def find_twin(self, case: Case[R], sight: Sight) -> Outcome | Seen:
        """Whether QuickBooks holds one that may be the same, before it is sent at all."""
        del case, sight
        return NOTHING


def of_customer(qbo_id: str | None) -> str:
    return f"CustomerRef = {wire.quoted(qbo_id or '')}"


async def skip_twin(
    case: Case[R], sight: Sight, alike: Iterable[Candidate], *, what: str
) -> Skipped | Seen:
    """The first that is nobody's yet, and that no person has told apart."""
    entry = case.entry
    for twin in await sight.strangers(entry.record_kind, entry.record_id, alike):
        if not entry.wish.tells_apart(twin.qbo_id):
            words = f"QuickBooks has {what} of {twin.words}."
            return Skipped(Cause.POSSIBLE_TWIN, words, twin_id=twin.qbo_id)
    return NOTHING
