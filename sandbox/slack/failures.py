"""Failures that a test orders for the next calls of a Web API method, or of all of them."""

from dataclasses import dataclass, field

EVERY_METHOD = "*"
SERVICE_UNAVAILABLE = 503
RESPONSE_URL = "response_url"  # Named like a method: an answer by a response url.


@dataclass(kw_only=True)
class Failure:
    """Exactly one of error, http, timeout and retry_after says how the call fails.

    An `applied` failure happens after the work: the message is there and only the answer is lost.
    `left` is None for one that goes on until the orders are cleared.
    """

    method: str
    error: str | None = None
    http: int | None = None
    timeout: bool = False
    retry_after: int | None = None
    applied: bool = False
    left: int | None = 1

    def __post_init__(self) -> None:
        ways = [self.error is not None, self.http is not None, self.timeout]
        if sum([*ways, self.retry_after is not None]) != 1:
            raise ValueError("say exactly one of error=, http=, timeout= and retry_after=")


@dataclass
class Failures:
    ordered: list[Failure] = field(default_factory=list)

    def add(
        self,
        *,
        method: str,
        error: str | None = None,
        http: int | None = None,
        timeout: bool = False,
        retry_after: int | None = None,
        applied: bool = False,
        count: int | None = 1,
    ) -> None:
        self.ordered.append(
            Failure(
                method=method,
                error=error,
                http=http,
                timeout=timeout,
                retry_after=retry_after,
                applied=applied,
                left=count,
            )
        )

    def go_down(self) -> None:
        """Nothing of Slack answers until the orders are cleared."""
        self.add(method=EVERY_METHOD, http=SERVICE_UNAVAILABLE, count=None)

    def clear(self) -> None:
        self.ordered = []

    def take(self, method: str) -> Failure | None:
        for failure in self.ordered:
            if failure.method in {method, EVERY_METHOD} and failure.left != 0:
                if failure.left is not None:
                    failure.left -= 1
                return failure
        return None
