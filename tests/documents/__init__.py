"""What README.md and docs/ print is true: configurations, requests, commands, links, names.

A block of code may have a mark on the line above it:

<!-- test: counter-example -->     nginx: the module must warn or refuse it
<!-- test: other-module NAME -->   nginx: needs a module that is not here; it is counted
<!-- test: requests -->            http: made to the nginx block before it
<!-- test: run -->                 console, sh: run; the output is compared
<!-- test: run on -->              console, sh: in the shell of the block before it
<!-- test: prepare -->             sh: run before nginx has the nginx block before it
<!-- test: not-run REASON -->      console, sh: not run
<!-- test: file NAME -->           others: the reader writes this file, for the block after it

Each nginx block goes through `nginx -t`, see configurations.py. The requests of each http block are
made, see answers.py. Each console or sh block has a mark with "run", see commands.py. Each rule is
a function that returns faults, and is tested with a page that breaks it.
"""
