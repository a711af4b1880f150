"""Tokens that may be used once (pta_once): many requests at a time, reloads, and a full zone."""
