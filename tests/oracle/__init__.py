"""Compares the verdicts of the pta command and of the module with those of harness/rules.py.

* pieces.py: paths, patterns, expiries and keys to make tokens of.
* cases.py: a token and a path, valid, nearly valid, or wrong in one of many ways.
* requests.py: a case as a request, its token in the query or in cookies.
* tally.py: counts verdicts, and keeps disagreements.
"""
