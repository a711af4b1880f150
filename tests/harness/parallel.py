"""Clients in processes of their own, which end with the test."""

import contextlib
import multiprocessing

# Other ways to start a process import the test again.
fork = multiprocessing.get_context("fork")


@contextlib.contextmanager
def running(processes):
    """Starts the processes. Those that do not end by themselves are killed."""
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            if process.pid:
                process.join(2)
            if process.is_alive():
                process.kill()
                process.join()
