"""The scripts themselves: a check that finds a fault fails, and so does one that finds nothing."""
