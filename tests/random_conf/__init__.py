"""Random configurations, random requests, and a judge who knows the rules.

Every location serves files from a root of its own, so that the body of a response names the
location that served it. Every location and every `if` block adds itself to the variable $trace
when it is entered, and every redirect leaves a marker in the arguments: a response says which way
the request took through nginx. The judge decides by the rules alone whether that way may end in
content.

limit_except makes nginx skip what writes the trace. There, the header Root names the location, and
the method of the request says what is in force.

pta_once is left out: its verdicts depend on all requests before, and the judge knows one only.
"""
