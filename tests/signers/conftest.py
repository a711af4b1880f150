"""Fixtures: a signer of each language, and nginx with a protected location."""

import pytest

# Configures Django, before the tests import of it.
from signers import django_project  # noqa: F401
from signers.languages import LANGUAGES
from signers.once import once

CONFIGURATION = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        location /media/ {{ pta_enable on; }}
    }}
"""

# A name that is spelled differently in a URL.
NAME = "café 1*.txt"


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The signer of a language, built once."""
    return once(LANGUAGES, tmp_path_factory)


@pytest.fixture(scope="session", params=LANGUAGES)
def signer(request, built):
    """The signer of each language."""
    return built(request.param)


@pytest.fixture(scope="package")
def server(package_site, pair):
    """A running nginx whose files below /media/ need a token of `pair`."""
    return package_site(
        CONFIGURATION.format(keys=pair.directives()), files={f"media/{NAME}": "content"}
    )
