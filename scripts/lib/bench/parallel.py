"""Runs what does not suffer from a busy machine, such as counting, on all cores at once."""

import concurrent.futures
import os


def on_all_cores(function, items):
    """The results by item. What has not begun when something fails, or when the user stops it, is not begun."""
    items = list(dict.fromkeys(items))
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    try:
        return dict(zip(items, pool.map(function, items)))
    finally:
        pool.shutdown(cancel_futures=True)
