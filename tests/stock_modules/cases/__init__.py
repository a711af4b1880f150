"""Typical configurations of nginx's own modules, and requests to them."""

from stock_modules.cases import access, files, filters, playlists, redirects, upstream

CASES = [
    *files.CASES,
    *access.CASES,
    *redirects.CASES,
    *filters.CASES,
    *playlists.CASES,
    *upstream.CASES,
]
