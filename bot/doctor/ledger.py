"""The database: there, up to date, writable, and its secrets readable."""

from pathlib import Path

from sqlalchemy import false, make_url, update
from sqlalchemy.exc import DatabaseError

from bot.config import Storage
from bot.doctor.finding import Finding
from services.db.engine import Database
from services.db.schema import Fit, fit_of
from services.db.tables import firms
from services.resealing import Resealing

DATABASE, KEYS = "Database", "Encryption keys"
_UPGRADE = "Run: counterfoil db upgrade"


def missing_file(storage: Storage) -> Finding | None:
    """Looked for first: SQLite would make an empty one."""
    url = make_url(storage.database_url)
    if url.get_backend_name() != "sqlite" or Path(url.database or "").is_file():
        return None
    mend = f"Mend DATABASE_URL; if it is as you mean it, make the ledger. {_UPGRADE}"
    return Finding(DATABASE, f"there is no file {url.database}", mend)


async def look_at(database: Database) -> Finding:
    try:
        match await fit_of(database):
            case Fit.OLDER:
                return Finding(DATABASE, "it is of an older version than this program", _UPGRADE)
            case Fit.NEWER:
                newer = "it is of a newer version, which this program does not fit"
                return Finding(DATABASE, newer, "Run the program of that version.")
            case Fit.FITS:
                pass
        async with database.write(None) as db:  # Nothing, but as if it were something.
            await db.execute(update(firms).where(false()).values(currency="USD"))
    except (DatabaseError, OSError) as error:
        why = error.orig if isinstance(error, DatabaseError) else error
        mend = "Mend DATABASE_URL, the rights to it, or the disk that it is on."
        return Finding(DATABASE, f"it cannot be used: {why}", mend)
    return Finding(DATABASE, "reachable, up to date and writable")


async def look_at_secrets(resealing: Resealing) -> Finding:
    state = await resealing.look()
    if state.closed:
        named = ", ".join(state.closed[:10])
        mend = "Add the key that they were encrypted with to ENCRYPTION_KEYS; see docs/runbook.md."
        return Finding(KEYS, f"none of them opens the tokens of: {named}", mend)
    if state.old:
        words = f"they open all {state.tokens} tokens, {state.old} pairs with an older key only"
        return Finding(KEYS, words, "Run: counterfoil keys rotate")
    return Finding(KEYS, f"the first opens all {state.tokens} tokens")
