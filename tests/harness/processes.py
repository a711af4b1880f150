"""What Linux says about a process."""

import os
import pathlib
import sys
import time


def is_alive(pid):
    """Whether the process runs. One that has ended and waits for its parent does not run."""
    return state(pid) not in (None, "Z", "X")


def have_ended(pids, seconds):
    """Whether all of these processes end in time."""
    end = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def state(pid):
    """The letter of the process's state, for example S for one that sleeps. None without it."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None


def is_shutting_down(pid):
    """Whether this worker of nginx accepts no connections any more, and ends when it has none."""
    return b"is shutting down" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()


def children(pid):
    """The process ids of its children."""
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in text.split()]


def memory(pid):
    """By name, for example Rss, Pss and Private_Dirty: bytes."""
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    found = (line.split() for line in lines if line.endswith(" kB"))
    return {name.rstrip(":"): int(size) * 1024 for name, size, _ in found}


def shared_memory(pid):
    """Bytes of shared memory that the process has touched. They are part of Rss."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("RssShmem:")[2].split()[0]) * 1024


def shared_mappings(pid, size):
    """The addresses of its writable shared memory of this size."""
    found = []
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        addresses, mode, *_ = line.split()
        start, end = (int(address, 16) for address in addresses.split("-"))
        if mode == "rw-s" and end - start == size:
            found.append(start)
    return found


def read_number(pid, address):
    """The number of 8 bytes at this address of the process's memory."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        return int.from_bytes(memory.read(8), sys.byteorder)


def write_number(pid, address, number):
    """Replaces it."""
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        memory.seek(address)
        memory.write(number.to_bytes(8, sys.byteorder))


def cpu_seconds(pid):
    """The processor's time that the process has had so far."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def open_files(pid):
    """How many files and connections it has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def wait_until_idle(pid, seconds=2):
    """Returns when the process has done nothing for a moment, and sleeps."""
    stat = pathlib.Path(f"/proc/{pid}/stat")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = stat.read_text()
        time.sleep(0.02)
        if stat.read_text() == before and state(pid) == "S":
            return
