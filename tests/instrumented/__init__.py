"""Checks that AddressSanitizer and valgrind find memory errors, and reads their reports."""
