"""What can go wrong, grouped by what the caller can do.

CounterfoilError
├── Refused            the person asked for what cannot be: show the sentence
│   ├── NotFound
│   ├── AlreadySaved   the modal was saved before, with other values
│   ├── ClientFirst    its client must be in QuickBooks before
│   ├── CreditFirst    a person must agree that what was paid on it becomes credit
│   └── RecordsFirst   a person must agree that its records go with it
├── TryLater           time heals it: keep the work and come back
│   ├── Throttled
│   └── AccessExpired  refresh the token once
├── ConnectionLost     an admin must connect QuickBooks again
└── NotInstalled       somebody must install it into their Slack workspace (again)
"""

from datetime import timedelta


class CounterfoilError(Exception):
    """Its text is a sentence for people."""


class Refused(CounterfoilError):  # noqa: N818 - reads as the outcome that it is.
    pass


class NotFound(Refused):
    pass


class AlreadySaved(Refused):
    pass


class ClientFirst(Refused):
    pass


class CreditFirst(Refused):
    pass


class RecordsFirst(Refused):
    pass


class TryLater(CounterfoilError):  # noqa: N818
    pass


class Throttled(TryLater):
    def __init__(self, message: str, *, retry_after: timedelta | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ConnectionLost(CounterfoilError):  # noqa: N818
    pass


class NotInstalled(CounterfoilError):  # noqa: N818
    pass


class AccessExpired(TryLater):
    pass
