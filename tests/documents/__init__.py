"""What README.md and docs/ print is true: configurations, requests, commands, links, names.

A block of code may have a mark on the line above it:

<!-- test: counter-example -->     nginx: the module must warn or refuse it
<!-- test: other-module NAME -->   nginx: needs a module that is not here; it is counted
<!-- test: requests -->            http: made to the nginx block before it
<!-- test: run -->                 console, sh: run; the output is compared
<!-- test: run on -->              console, sh: in the shell of the block before it
<!-- test: file NAME -->           nginx: the reader writes this file, for the block after it
<!-- test: not-run REASON -->      console, sh: not run

Each nginx block goes through `nginx -t`, see configurations.py. Each console or sh block has one of
the last two marks, see commands.py. Each rule is a function that returns faults, and is tested
with a page that breaks it.
"""
