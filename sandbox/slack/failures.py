"""Failures that a test orders for the next calls of a Web API method."""

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Failure:
    """Exactly one of error, http, timeout and retry_after says how the call fails.

    An `applied` failure happens after the work: the message is there and only the answer is lost.
    """

    method: str
    error: str | None = None
    http: int | None = None
    timeout: bool = False
    retry_after: int | None = None
    applied: bool = False
    left: int = 1

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
        count: int = 1,
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

    def take(self, method: str) -> Failure | None:
        for failure in self.ordered:
            if failure.method == method and failure.left > 0:
                failure.left -= 1
                self.ordered = [ordered for ordered in self.ordered if ordered.left > 0]
                return failure
        return None
