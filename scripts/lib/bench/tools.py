"""Where the programs are that the sections use, and how much each of them measures."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True)
class Tools:
    """What scripts/bench has built or found."""

    nginx: str
    module: pathlib.Path
    command: pathlib.Path
    token_bench: pathlib.Path | None = None
    quick: bool = False

    def choose(self, full, quick):
        """The first in a full run, the second with --quick."""
        return quick if self.quick else full
