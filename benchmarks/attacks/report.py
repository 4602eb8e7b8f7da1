"""The row of one attack: its figures, and which criteria it fails."""

from collections import Counter
from dataclasses import dataclass, field

FACTOR, P95 = 2, 60
"""The drawers' 95th percentile may double, or stay below this number of milliseconds."""
MEMORY, MEMORY_OF_PICTURES, MEMORY_AFTER = 300, 1000, 300
"""Megabytes above the start: during an attack, with pictures, and a minute later."""
LOG_KB = 100
HEADINGS = (
    "attack", "requests/s", "p95 ms before", "during", "lost", "highest MB", "MB after",
    "a call after", "files left", "log kB", "fails",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """The figures of one attack. Memory is in MB above the start; the 95th percentiles in ms.

    `call_seconds` is None where no call was answered afterwards. `wrong` says what was wrong with
    the answers to the attack, or is empty."""

    name: str
    pictures: bool
    requests: float
    before: float
    during: float
    lost: int
    lost_pictures: int
    memory: float
    memory_after: float
    call_seconds: float | None
    files: set[str]
    log_kb: float
    wrong: str = ""
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def failures(self) -> list[str]:
        """The criteria that the server fails."""
        most = MEMORY_OF_PICTURES if self.pictures else MEMORY
        criteria = {
            "slow": self.during > max(P95, FACTOR * self.before),
            "lost drawings": self.lost > 0,
            "lost pictures": self.lost_pictures > 0,
            "memory": self.memory > most,
            "memory afterwards": self.memory_after > MEMORY_AFTER,
            "no calls afterwards": self.call_seconds is None,
            "files left": bool(self.files),
            "log": self.log_kb > LOG_KB,
        }
        return [name for name, failed in criteria.items() if failed] + [self.wrong] * (
            self.wrong != ""
        )

    def __str__(self) -> str:
        called = "never" if self.call_seconds is None else f"{self.call_seconds:.1f} s"
        cells = (
            self.name, f"{self.requests:.0f}", f"{self.before:.0f}", f"{self.during:.0f}",
            self.lost + self.lost_pictures, f"{self.memory:+.0f}", f"{self.memory_after:+.0f}",
            called, len(self.files), f"{self.log_kb:.1f}", ", ".join(self.failures) or "nothing",
        )  # fmt: skip
        return f"| {' | '.join(map(str, cells))} |"


def head() -> str:
    """Return the first two lines of the table."""
    return f"| {' | '.join(HEADINGS)} |\n" + "|---" * len(HEADINGS) + "|"
