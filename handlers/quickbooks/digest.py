"""How the digest of a week reads."""

from collections.abc import Sequence
from datetime import timedelta

from babel.dates import format_timedelta

from handlers.elements import Block, Reply, context, rich, section, word
from handlers.quickbooks.week import LOCALE, STATUSES, draw, spell_out
from handlers.text import day, locale_of, moment, money
from services.domain.digest import (
    LIES_TOO_LONG,
    Digest,
    Speed,
    Sum,
    Undeposited,
    recorded,
    standing,
    totals,
    void,
)
from services.domain.ids import payment_reference
from services.domain.money import Money
from services.domain.sync import RecordKind, Status

MOST_ACCOUNTS = 10  # Few firms use more; the rest is summed up.
_ALWAYS_SAID = {Status.SYNCED, Status.FAILED, Status.SKIPPED}
_HOW_READ = (
    "Each payment counts as it stands at {moment}, for the day that it was entered here. "
    "Time to sync begins when somebody asked for it."
)
_SUMS = "Sums are as received, whatever was refunded since."
_WHOM = "You are told directly, since {why}."
_OFF = "Admins turn the digest off in `/quickbooks settings`."


def show_digest(digest: Digest, *, discreet: bool, why_not: str = "", drawn: bool = True) -> Reply:
    """`discreet`: strangers may read along, so it tells no sums and names no accounts.

    `why_not` is why it is not in the alert channel. Not `drawn`: with old blocks alone.
    """
    days = digest.week.days
    week = f"{day(days[0], LOCALE)} – {day(days[-1], LOCALE)}"
    counts = _counts(digest)
    details = _details(digest, discreet=discreet)
    return Reply(
        f"The week of {week}: {counts}.",
        [
            section(f"*The week of {week}*\n{counts}."),
            *(draw(digest) if drawn else spell_out(digest)),
            *([rich(*details)] if details else []),
            section("\n".join(_open(digest))),
            context(*_notes(digest, discreet=discreet, why_not=why_not)),
        ],
    )


def _counts(digest: Digest) -> str:
    groups = digest.groups
    if not groups:
        return "No payments were recorded"
    parts = [
        f"{count:,} {status.label}"
        for status in STATUSES
        if (count := standing(groups, status)) or status in _ALWAYS_SAID
    ]
    if gone := void(groups):
        parts.append(f"{gone:,} deleted since")
    return f"{_payments(recorded(groups))} recorded: {', '.join(parts)}"


def _payments(count: int) -> str:
    return f"{count:,} payment{'' if count == 1 else 's'}"


def _details(digest: Digest, *, discreet: bool) -> list[list[Block]]:
    lines = [_line("Time to sync", _speed(digest.speed))] if digest.speed else []
    if not discreet:
        lines += _accounts(digest)
    lying = digest.undeposited
    if lying is None or lying.count:
        where = "Not deposited" if discreet else "In Undeposited Funds"
        label = f"{where} for more than {LIES_TOO_LONG.days} days"
        lines.append(_line(label, _undeposited(lying, discreet=discreet)))
    return lines


def _line(label: str, text: str) -> list[Block]:
    return [word(f"{label}: ", bold=True), word(text)]


def _speed(speed: Speed) -> str:
    slowest = f"{_span(speed.slowest.took)} ({payment_reference(speed.slowest.number)})"
    return f"median {_span(speed.median)}, slowest {slowest}"


def _span(time: timedelta) -> str:
    """In one unit, of which there are two at least: 95 minutes say more than an hour."""
    return str(format_timedelta(time, threshold=2, locale=locale_of(LOCALE)))


def _accounts(digest: Digest) -> list[list[Block]]:
    sums = digest.by_account()
    shown, rest = sums[:MOST_ACCOUNTS], sums[MOST_ACCOUNTS:]
    lines = [
        _line(f"Into {_name(digest, each)}", _sum(each.count, [each.amount])) for each in shown
    ]
    if rest:
        amounts = totals(each.amount for each in rest)
        count = sum(each.count for each in rest)
        lines.append(_line(f"Into {len(rest)} more", _sum(count, amounts)))
    return lines


def _name(digest: Digest, of: Sum) -> str:
    if of.account_id is None:
        return "an account that QuickBooks does not name"
    closed = f"an account that is closed ({of.account_id})"
    return digest.account_names.get(of.account_id, closed)


def _sum(count: int, amounts: Sequence[Money]) -> str:
    return f"{' and '.join(money(each, LOCALE) for each in amounts)} ({_payments(count)})"


def _undeposited(lying: Undeposited | None, *, discreet: bool) -> str:
    if lying is None or lying.oldest is None:
        return "QuickBooks did not say"
    count = _payments(lying.count) if discreet else _sum(lying.count, lying.amounts)
    oldest = lying.oldest
    since = f"{payment_reference(oldest.number)} of {day(oldest.received_on, LOCALE)}"
    return f"{count}; the oldest is {since}"


def _open(digest: Digest) -> list[str]:
    """What is left to do, whichever week it is from."""
    waiting = f"On the way now: {digest.waiting:,}." if digest.waiting else ""
    lines = [_need_a_person(digest), waiting]
    return [line for line in lines if line] or ["Nothing is left to do."]


def _need_a_person(digest: Digest) -> str:
    troubled = [(kind, digest.troubled.get(kind, 0)) for kind in RecordKind]
    parts = [f"{count:,} {kind}{'' if count == 1 else 's'}" for kind, count in troubled if count]
    if not parts:
        return ""
    verb = "needs" if sum(count for _, count in troubled) == 1 else "need"
    return f"{', '.join(parts)} {verb} a person now: `/quickbooks failures`."


def _notes(digest: Digest, *, discreet: bool, why_not: str) -> list[str]:
    read = _HOW_READ.format(moment=moment(digest.made_at))
    return [
        read if discreet else f"{read} {_SUMS}",
        _WHOM.format(why=why_not) if why_not else "",
        _OFF,
    ]
