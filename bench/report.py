"""What was measured, as people read it."""

from statistics import median

from rich.table import Table

from bench import acks, cpu, drain, fairness, replicas, scale
from bench.acks import Job
from bench.cpu import Cost
from bench.drain import Drained
from bench.fairness import Waits
from bench.replicas import Setup
from bench.scale import Scale, Waited

MOST_TIMES = 2.0  # What an acknowledgement may cost, as a multiple of the bare one.
MOST_P99_SECONDS = 0.250
MOST_TIMES_BESIDE = 1.5  # What one payment may wait beside a neighbour's thousands.
MOST_TIMES_LATER = 1.3  # What years of payments may cost in what is done every day.
MOST_SECONDS_SOUGHT = 0.300
MOST_SECONDS_NAMED = 0.050
MOST_MEGABYTES = 256


def of_acks(jobs: list[Job]) -> Table:
    table = Table(
        title=f"Acknowledgements, {acks.IN_FLIGHT} requests in flight, "
        f"{acks.ROUNDS} bursts in turns",
        caption=f"Wanted: at most {MOST_TIMES:g} times at p50, p99 at most "
        f"{MOST_P99_SECONDS * 1000:g} ms.",
    )
    for column in ("", "bare p50", "ours p50", "times", "bare p99", "ours p99", "times", ""):
        table.add_column(column, justify="right" if column else "left")
    for job in jobs:
        at_p50, at_p99 = _ratio(job, 50), _ratio(job, 99)
        good = at_p50 <= MOST_TIMES and _percentile(job.ours, 99) <= MOST_P99_SECONDS
        table.add_row(
            job.name,
            _ms(_percentile(job.bare, 50)),
            _ms(_percentile(job.ours, 50)),
            f"{at_p50:.2f}",
            _ms(_percentile(job.bare, 99)),
            _ms(_percentile(job.ours, 99)),
            f"{at_p99:.2f}",
            _kept(good),
        )
    return table


def of_cpu(cost: Cost) -> Table:
    table = Table(
        title=f"CPU per payment, {cpu.FIRMS} firms with {cpu.PAYMENTS} payments each, "
        f"{cpu.ROUNDS} rounds in turns",
        caption="python-quickbooks: save() alone. Ours: from claim to settle, with everything "
        "that is written down.",
    )
    for column in ("", "python-quickbooks", "ours", "times"):
        table.add_column(column, justify="right" if column else "left")
    rows = (
        ("least", min(cost.bare), min(cost.ours), min(cost.times)),
        ("median", median(cost.bare), median(cost.ours), median(cost.ours) / median(cost.bare)),
        ("most", max(cost.bare), max(cost.ours), max(cost.times)),
    )
    for name, bare, ours, times in rows:
        table.add_row(name, _ms(bare, digits=2), _ms(ours, digits=2), f"{times:.2f}")
    return table


def of_scale(found: Scale) -> Table:
    table = Table(
        title=f"{scale.MANY.payments:,} payments against {scale.FEW.payments:,}, p50, in turns",
        caption=f"Wanted: at most {MOST_TIMES_LATER:g} times for what is done every day, "
        f"{MOST_SECONDS_SOUGHT * 1000:g} ms for anything sought, {MOST_SECONDS_NAMED * 1000:g} ms "
        f"for a client among {scale.MANY_CLIENTS.clients:,}, {MOST_MEGABYTES} MB.",
    )
    for column in ("", "few", "many", "times", ""):
        table.add_column(column, justify="right" if column else "left")
    for each in found.every_day:
        _add_waited(table, each, kept=each.times <= MOST_TIMES_LATER)
    for each in found.now_and_then:
        _add_waited(table, each, kept=median(each.many) <= MOST_SECONDS_SOUGHT)
    for each in found.searches:
        kept = median(each.many) <= MOST_SECONDS_NAMED
        _add_waited(table, each, kept=kept, where=f", of {scale.MANY_CLIENTS.clients:,}")
    for name, peak in found.peaks.items():
        megabytes = peak / 1_000_000
        good = megabytes <= MOST_MEGABYTES
        table.add_row(f"memory, {name}", "", f"{megabytes:.0f} MB", "", _kept(good))
    return table


def of_fairness(waits: Waits) -> Table:
    table = Table(
        title=f"One payment until it is Synced, {fairness.SAMPLES} times, in virtual time; "
        f"{1000 * fairness.ONE_WAY * 2:g} ms a call",
        caption=f"Wanted: at most {MOST_TIMES_BESIDE:g} times at p95.",
    )
    for column in ("", "alone", f"beside {fairness.QUEUED:,}", "times", ""):
        table.add_column(column, justify="right" if column else "left")
    for percent in (50, 95):
        alone, beside = (_percentile(each, percent) for each in (waits.alone, waits.beside))
        good = beside <= MOST_TIMES_BESIDE * alone
        kept = _kept(good) if percent == 95 else ""
        table.add_row(f"p{percent}", _ms(alone), _ms(beside), f"{beside / alone:.2f}", kept)
    return table


def of_replicas(setups: list[Setup]) -> Table:
    table = Table(
        title=f"Payments saved, {len(replicas.FIRMS)} firms, {replicas.IN_FLIGHT} in flight, "
        f"{replicas.ROUNDS} rounds of {replicas.PAYMENTS} in turns",
        caption="Committed and acknowledged. The programs, PostgreSQL, and who sends to them share "
        "this machine.",
    )
    for column in ("", "a second", "p50", "p99"):
        table.add_column(column, justify="right" if column else "left")
    for setup in setups:
        waits = (_ms(_percentile(setup.waits, percent)) for percent in (50, 99))
        table.add_row(setup.name, f"{median(setup.rates):.0f}", *waits)
    return table


def of_drain(found: list[Drained]) -> Table:
    table = Table(
        title=f"{drain.FIRMS:,} firms with {drain.PAYMENTS} payments each, "
        f"{1000 * drain.CALL_SECONDS:g} ms a call, on PostgreSQL",
        caption="Until all are in QuickBooks. The programs and the companies share this machine.",
    )
    for column in ("processes", "seconds", "payments a second"):
        table.add_column(column, justify="right")
    for each in found:
        rate = drain.FIRMS * drain.PAYMENTS / each.seconds
        table.add_row(str(each.processes), f"{each.seconds:.0f}", f"{rate:.1f}")
    return table


def _add_waited(table: Table, waited: Waited, *, kept: bool, where: str = "") -> None:
    few = times = ""
    if waited.few:
        few, times = _ms(median(waited.few)), f"{waited.times:.2f}"
    table.add_row(f"{waited.name}{where}", few, _ms(median(waited.many)), times, _kept(kept))


def _kept(good: bool) -> str:  # noqa: FBT001 - it is the answer itself.
    return "kept" if good else "MISSED"


def in_a_sentence(cost: Cost) -> str:
    bare, ours = median(cost.bare), median(cost.ours)
    return (
        f"From claim to settle, all bookkeeping included, a payment costs {_ms(ours, digits=2)} "
        f"of CPU: {ours / bare:.2f} times python-quickbooks' bare save(), "
        f"which costs {_ms(bare, digits=2)}."
    )


def _ratio(job: Job, percent: int) -> float:
    return _percentile(job.ours, percent) / _percentile(job.bare, percent)


def _percentile(times: list[float], percent: int) -> float:
    return sorted(times)[min(len(times) * percent // 100, len(times) - 1)]


def _ms(seconds: float, *, digits: int = 1) -> str:
    return f"{seconds * 1000:.{digits}f} ms"
