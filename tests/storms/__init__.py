"""Clients send requests without a pause while nginx is reloaded, replaced and killed.

Each generation has a pair of its own. Generation g is served with pair g as the 1st and pair g-1
as the 2nd. During a reload to g+1, workers of both generations serve:

* A token of pair g is valid in both.
* A token of pair g-1 or g+1 is valid in one of them, so no client sends one.

So at any moment, each request has exactly one right status.

Other clients send tokens that can be used once. Several processes send the same token, also after
reloads. What is right depends on who was first: once_verdict.py decides when all is over.

The metrics are scraped all the time. Before each binary upgrade, all clients rest for a moment, and
the numbers are compared with theirs: numbers.py.
"""
