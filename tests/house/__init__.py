"""Rules for the project's own source: layers.py reads which file of a crate imports which."""
