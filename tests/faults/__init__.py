"""Faults on demand: each callback panics once, and each allocation fails once.

A fault of a request ends that request with status 500, or closes its connection if it happens in a
filter. A fault of the configuration refuses the configuration. Each fault writes one line to the
error log. Master and workers go on, and the next request is answered as before.
"""
