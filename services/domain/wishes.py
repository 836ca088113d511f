"""What a person wants of a push beyond the bare operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.domain.causes import Cause
from services.domain.sync import Operation

_CAUSES_READ, _TWINS_READ = "causes_read", "twins_read"  # In a create's details.


@dataclass(frozen=True)
class Wish:
    """Kept with its entry.

    `details`: what an update makes of the record, whom a removal goes with, or what was read
    before a create that did not come about. `then`: the step that follows; `follows`: this is one.
    `override`: what they have seen, and want it sent all the same; `override_twin` is the one they
    say it is not.
    """

    details: Mapping[str, Any] = field(default_factory=dict)
    then: Operation | None = None
    follows: bool = False
    voids_record: bool = False
    override: Cause | None = None
    override_twin: str | None = None

    def overrides(self, cause: Cause) -> bool:
        return cause is self.override or cause in self.details.get(_CAUSES_READ, ())

    def tells_apart(self, twin_id: str) -> bool:
        """Whether a person has said that the record is not this one."""
        return twin_id == self.override_twin or twin_id in self.details.get(_TWINS_READ, ())

    def after(self, earlier: "Wish") -> "Wish":
        """Nobody is asked twice: what was overridden on an earlier try is so on this one.

        A near match is another one once the client has another name.
        """
        causes = {*earlier.details.get(_CAUSES_READ, ()), earlier.override}
        twins = {*earlier.details.get(_TWINS_READ, ()), earlier.override_twin}
        read = {
            _CAUSES_READ: sorted(causes - {None, Cause.NEAR_MATCH}),
            _TWINS_READ: sorted(twins - {None}),
        }
        return replace(self, details={name: seen for name, seen in read.items() if seen})
