"""Calls the function as an application does."""

import sys

from pta_signer import sign

print(sign(*sys.argv[1:4], int(sys.argv[4])))
