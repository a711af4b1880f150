"""Millions of mixed requests, each answered exactly as predicted."""
