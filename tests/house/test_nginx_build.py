"""What nginx's own build and its script build_module.sh read."""

import re

from harness.project import text_of

NAME = r"^ngx_addon_name=(\S+)$"


def test_build_module_takes_the_folder_of_the_project():
    # Its conditions: config in that folder, with these words.
    assert re.search(r"\.\sauto/module", text_of("config"))


def test_the_name_of_the_module_is_in_the_folder_of_the_project_as_well():
    names = [re.findall(NAME, text_of(name), re.M) for name in ("config", "nginx-config/config")]
    assert names == [["ngx_http_pta_module"]] * 2
