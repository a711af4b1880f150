"""nginx refuses a module that was built for another nginx.

docs/troubleshooting.md quotes the messages.
"""

import dataclasses
import re

import pytest

from harness import project
from harness.installations import installations


def refusal(site, nginx):
    """nginx's message about a module that was built for another nginx."""
    refused = site.make(None, main="events {}")
    refused.nginx = nginx
    text = refused.refusal()
    assert text is not None, f"{nginx} loads {nginx.module}"
    refused.write("error.log", "")
    said = re.search(r'module "(.*)" (.*) in ', text)
    assert said, text
    assert said[1] == nginx.module
    return said[2]


def test_a_module_for_another_version(site, nginx, figures):
    others = [other for other in installations() if other.version != nginx.version]
    if not others:
        pytest.skip("PTA_TEST_NGINX has only one version")
    page = project.text_of("docs/troubleshooting.md")
    quoted = re.search(r'module "\S*" (version \d{7} instead of \d{7})`', page)
    for other in others:
        said = refusal(site, dataclasses.replace(nginx, module=other.module))
        assert said == f"version {number(other)} instead of {number(nginx)}"
        assert re.sub(r"\d", "0", said) == re.sub(r"\d", "0", quoted[1])
        figures(f"{nginx}: module for {other}\trefused: {said}")


def number(nginx):
    """The version as nginx's message has it: 1022001 for 1.22.1."""
    major, minor, patch = nginx.version
    return f"{major}{minor:03}{patch:03}"


@pytest.mark.torture
@pytest.mark.builds("PTA_TEST_OTHER_CONFIGURATION")
def test_a_module_for_another_configuration(site, nginx, figures):
    said = refusal(site, nginx)
    assert said.startswith("is not binary compatible")
    assert 'module "…" is not binary compatible' in project.text_of("docs/troubleshooting.md")
    figures(f"{nginx}: module for another configuration\trefused: {said}")
