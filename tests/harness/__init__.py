"""Shared by the tests: servers, tokens and clients. Nothing here uses the module's own code."""
