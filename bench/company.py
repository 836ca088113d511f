"""The simulated QuickBooks that both sides send to, in a process of its own: its CPU is nobody's.

Told how many companies, and how many seconds each answer takes if any. The first line on standard
output says how to reach each company, as JSON.
"""

import asyncio
import json
import sys
from datetime import timedelta

from sandbox.loopback import listen
from sandbox.quickbooks import Fault, Kind, Limits, QuickBooks
from sandbox.quickbooks.serve import describe, server_for


async def serve(companies: int, seconds: float = 0) -> None:
    quickbooks = QuickBooks()
    if seconds:
        wait = timedelta(seconds=seconds)
        quickbooks.faults.add(Fault(kind=Kind.SLOW_ANSWER, wait=wait, count=None))
    quickbooks.limits = Limits.none()  # The peer knows no pace, and is not to be held up.
    added = [quickbooks.add_company(name=f"Company {number}") for number in range(companies)]
    with listen() as listener:
        port = listener.getsockname()[1]
        print(json.dumps([describe(quickbooks, each, port=port) for each in added]), flush=True)
        await server_for(quickbooks).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), *map(float, sys.argv[2:])))
