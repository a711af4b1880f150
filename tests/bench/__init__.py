"""Measures what the module costs. `scripts/bench` runs it."""
