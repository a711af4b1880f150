"""Lets nginx load a module and end in order, in one process. What the module does is its matter.

usage: python -m harness.load NGINX MODULE [WRAPPER...]
"""

import contextlib
import sys

from harness.installations import Nginx
from harness.nginx import Site, StartError


def main():
    nginx, module, *wrapper = sys.argv[1:]
    options = {"main": "events { }", "single_process": True, "wrapper": wrapper}
    # A module that ends nginx is reported by the wrapper, or by nginx's sanitizer.
    with Site(Nginx(nginx, module), None, **options) as site, contextlib.suppress(StartError):
        site.start()


main()
