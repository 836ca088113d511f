"""Encrypt with the first key what an older one has encrypted, while the program serves."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from services.db import sealed
from services.db.engine import Database
from services.db.sealed import Holder
from services.errors import Refused, TryLater

MOST_PASSES = 3  # Tokens are refreshed once an hour: whoever is behind then has not heard.
MOST_NAMED = 10


@dataclass(frozen=True)
class Resealed:
    """How many tokens there are, and how many of them were encrypted anew."""

    tokens: int
    changed: int


@dataclass(frozen=True)
class Sealing:
    """How many tokens there are; which rows no key opens, and how many the first alone does not."""

    tokens: int
    closed: tuple[str, ...]
    old: int


@dataclass(frozen=True)
class Resealing:
    """`vault` opens what any key has encrypted; `first` is what all shall be encrypted with."""

    database: Database
    vault: MultiFernet
    first: Fernet

    async def count(self) -> int:
        return sum([len(page) async for page in sealed.pages(self.database)])

    async def rotate(self, advance: Callable[[int], None]) -> Resealed:
        """Refused where no key opens one of them: then nothing is changed.

        TryLater where somebody goes on writing with an older key. `advance` hears of each row once.
        """
        before, changed = await self.look(), 0
        if before.closed:
            raise Refused(_cannot_open(before.closed))
        for attempt in range(MOST_PASSES):
            old = 0
            async for page in sealed.pages(self.database):
                behind = [each for each in page if not self._is_fresh(each)]
                old += len(behind)
                changed += await self._reseal(behind) if behind else 0
                advance(0 if attempt else len(page))
            if not old:
                return Resealed(before.tokens, changed)
        raise TryLater(
            "Something still encrypts with an older key. Start `counterfoil serve` anew with "
            "ENCRYPTION_KEYS as they are here, then run this again."
        )

    async def look(self) -> Sealing:
        tokens, closed, old = 0, list[str](), 0
        async for page in sealed.pages(self.database):
            tokens += sum(len(each.secrets) for each in page)
            closed += [each.name for each in page if not self._opens(each)]
            old += sum(not self._is_fresh(each) for each in page)
        return Sealing(tokens, tuple(closed), old)

    async def _reseal(self, behind: Iterable[Holder]) -> int:
        changed = 0
        async with self.database.write(None) as db:
            for each in behind:
                fresh = {name: self.vault.rotate(value) for name, value in each.secrets.items()}
                if await sealed.replace(db, each, fresh):
                    changed += len(fresh)
        return changed

    def _opens(self, holder: Holder) -> bool:
        return all(_can_open(self.vault, each) for each in holder.secrets.values())

    def _is_fresh(self, holder: Holder) -> bool:
        return all(_can_open(self.first, each) for each in holder.secrets.values())


def _can_open(key: Fernet | MultiFernet, secret: bytes) -> bool:
    try:
        key.decrypt(secret)
    except InvalidToken:
        return False
    return True


def _cannot_open(closed: Sequence[str]) -> str:
    more = f" and {len(closed) - MOST_NAMED} more" if len(closed) > MOST_NAMED else ""
    return (
        f"None of ENCRYPTION_KEYS opens the tokens of: {', '.join(closed[:MOST_NAMED])}{more}. "
        "Put the key that they were encrypted with at the end of ENCRYPTION_KEYS, and run this "
        "again. If it is lost, an admin of each of these workspaces connects QuickBooks again with "
        "/quickbooks connect (connections), or installs Counterfoil again (installations). "
        "Nothing was changed."
    )
