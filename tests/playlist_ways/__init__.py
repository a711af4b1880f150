"""Playlists on many ways through nginx: none arrives unsigned or cut.

Each request is one of three lists: how the upstream answers, what else works on the response in
that location, and how the client asks.

* upstream.py: the answers, good and broken, and the server that gives them.
* ways.py: the locations and the clients.
* judge.py: what a response must be.
"""
