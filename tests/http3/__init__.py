"""Verdicts, cookies, logs and malformed requests over HTTP/3, where nginx has it."""
