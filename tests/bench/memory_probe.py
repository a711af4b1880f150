"""Runs inside gdb, which runs nginx, and writes a line for each allocation of the module.

A line is KIND SIZE. The kinds are

* "pool": what the module, or a function of nginx that it calls, takes from a request's pool;
* "heap": what the module takes from the C library.

The names of the module and of the output come from the environment.
"""

import os
import pathlib

import gdb

MODULE = os.environ["PTA_PROBE_MODULE"]
OUTPUT = pathlib.Path(os.environ["PTA_PROBE_OUTPUT"])

ARGUMENTS = {
    "i386:x86-64": ["$rdi", "$rsi", "$rdx"],
    "aarch64": ["$x0", "$x1", "$x2"],
}

# What ngx_pool_cleanup_add takes for itself: three pointers.
CLEANUP_BYTES = 24

# Function: the sizes that it takes, from its arguments.
POOL = {
    "ngx_palloc": lambda a: [a(1)],
    "ngx_pnalloc": lambda a: [a(1)],
    "ngx_pcalloc": lambda a: [a(1)],
    "ngx_pmemalign": lambda a: [a(1)],
    "ngx_pool_cleanup_add": lambda a: [CLEANUP_BYTES] + ([a(1)] if a(1) else []),
}
HEAP = {
    "malloc": lambda a: [a(0)],
    "calloc": lambda a: [a(0) * a(1)],
    "realloc": lambda a: [a(1)],
    "posix_memalign": lambda a: [a(2)],
    "aligned_alloc": lambda a: [a(1)],
}


def module_range():
    """First and last address of the module in the process."""
    maps = pathlib.Path(f"/proc/{gdb.selected_inferior().pid}/maps").read_text().splitlines()
    ends = [
        address
        for line in maps
        if line.endswith("/" + MODULE)
        for address in line.split()[0].split("-")
    ]
    return int(ends[0], 16), int(ends[-1], 16)


class Allocation(gdb.Breakpoint):
    """Stops at a function's first instruction, notes the allocation, and continues."""

    def __init__(self, name, kind, sizes, arguments, module):
        # After the prologue, where gdb stops by default, the return address is elsewhere.
        super().__init__(f"*(long)&{name}", internal=True)
        self.kind, self.sizes, self.arguments, self.module = kind, sizes, arguments, module

    def stop(self):
        caller = gdb.newest_frame().older()
        if self.kind == "heap":
            # nginx's pools grow by malloc too: only the module's own calls count.
            ours = self._in_module(caller)
        else:
            # One function of the pool calls another: counted once, as the outer one.
            ours = caller.name() not in POOL and self._below_module(caller)
        if ours:
            for size in self.sizes(
                lambda index: int(gdb.parse_and_eval(f"(long){self.arguments[index]}"))
            ):
                with OUTPUT.open("a") as output:
                    output.write(f"{self.kind} {size}\n")
        return False

    def _below_module(self, frame):
        while frame is not None and frame.is_valid():
            if self._in_module(frame):
                return True
            frame = frame.older()
        return False

    def _in_module(self, frame):
        return self.module[0] <= frame.pc() < self.module[1]


def main():
    for command in (
        "set confirm off",
        "set pagination off",
        "set debuginfod enabled off",
        "set startup-with-shell off",
        "handle SIGTERM nostop noprint pass",
        # Reached when the configuration has been read.
        "break ngx_single_process_cycle",
        "run",
    ):
        gdb.execute(command)
    arguments = ARGUMENTS[gdb.selected_frame().architecture().name()]
    module = module_range()
    for kind, functions in (("pool", POOL), ("heap", HEAP)):
        for name, sizes in functions.items():
            Allocation(name, kind, sizes, arguments, module)
    gdb.execute("continue")


main()
