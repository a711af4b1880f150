"""scripts/package: what it makes is unpacked, and nginx runs with it. Nothing is installed."""
