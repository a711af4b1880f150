"""Calls the function as an application does: KEY IV PATH EXPIRES [SEAL_KEY ONCE VALUE...]."""

import sys

from pta_signer import sign

key, iv, path, expires, *more = sys.argv[1:]
if more:
    seal_key, once, *bind = more
    print(sign(key, iv, path, int(expires), seal_key=seal_key, bind=bind, once=once == "once"))
else:
    print(sign(key, iv, path, int(expires)))
