"""Runs what does not suffer from a busy machine, such as counting, on all cores at once."""

import concurrent.futures
import os


def on_all_cores(function, items):
    """The results by item. After a failure or a signal, what has not begun is not begun."""
    items = list(dict.fromkeys(items))
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    try:
        return dict(zip(items, pool.map(function, items), strict=True))
    finally:
        pool.shutdown(cancel_futures=True)
