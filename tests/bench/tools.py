"""The programs that the sections use, and how much each section measures."""

import dataclasses
import pathlib

from harness.installations import Nginx


@dataclasses.dataclass(frozen=True)
class Tools:
    """What scripts/bench has built or found."""

    nginx: Nginx
    token_bench: pathlib.Path | None = None
    # Compiled without the processor's instructions for SHA-256.
    soft_sha_bench: pathlib.Path | None = None
    quick: bool = False

    @property
    def module(self):
        """The module's file."""
        return pathlib.Path(self.nginx.module)

    def choose(self, full, quick):
        """The first in a full run, the second with --quick."""
        return quick if self.quick else full
