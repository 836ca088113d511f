"""The simulated QuickBooks that both sides send to, in a process of its own: its CPU is nobody's.

The first line on standard output says how to reach each company, as JSON.
"""

import asyncio
import json
import sys

from sandbox.loopback import listen
from sandbox.quickbooks import Limits, QuickBooks
from sandbox.quickbooks.serve import describe, server_for


async def serve(companies: int) -> None:
    quickbooks = QuickBooks()
    quickbooks.limits = Limits.none()  # The peer knows no pace, and is not to be held up.
    added = [quickbooks.add_company(name=f"Company {number}") for number in range(companies)]
    with listen() as listener:
        port = listener.getsockname()[1]
        print(json.dumps([describe(quickbooks, each, port=port) for each in added]), flush=True)
        await server_for(quickbooks).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
