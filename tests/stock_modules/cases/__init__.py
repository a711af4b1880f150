"""Typical configurations of nginx's own modules, and requests to them."""

from stock_modules.cases import access, files, filters, redirects, upstream

CASES = [*files.CASES, *access.CASES, *redirects.CASES, *filters.CASES, *upstream.CASES]
