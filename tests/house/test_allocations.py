"""Every allocation of the module can be made to fail by tests/faults."""

import itertools
import re

import pytest

from harness.project import PROJECT

# What allocates from a pool or a zone for its caller. Functions that send a response are left out:
# the filters of all modules allocate in them.
ALLOCATES = re.compile(
    r"\bngx_(?:palloc|pnalloc|pcalloc|pool_cleanup_add|array_push|list_push|alloc_chain_link"
    r"|create_temp_buf|slab_calloc_locked|shared_memory_add|conf_full_name|open_cached_file"
    r"|http_(?:add_variable|complex_value|compile_complex_value|map_uri_to_path|parse_unsafe_uri"
    r"|set_disable_symlinks))\("
)
FUNCTION = re.compile(r'^ *(?:pub(?:\(\w+\))? )?(?:unsafe )?(?:extern "C" )?fn (\w+)', re.M)


def never_fail(text):
    """The functions in a Rust file that allocate and do not ask tests/faults."""
    starts = [found.start() for found in FUNCTION.finditer(text)]
    bodies = [text[start:end] for start, end in itertools.pairwise([*starts, None])]
    return [
        FUNCTION.match(body)[1]
        for body in bodies
        if ALLOCATES.search(body) and "fault::out_of_memory(" not in body
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("    let memory = ngx_palloc(pool, 1);", ["second"]),
        ("    unsafe { ngx_http_complex_value(request, value, &raw mut text) }", ["second"]),
        ("    if fault::out_of_memory(stage, log) { return; }\n    ngx_palloc(pool, 1);", []),
        ("    ngx_http_parse_complex_uri(request, 1);", []),
    ],
)
def test_a_planted_function(body, expected):
    first = "fn first() {\n    fault::out_of_memory(stage, log);\n}\n"
    second = f"impl A {{\n    pub(crate) unsafe fn second(self) {{\n{body}\n    }}\n}}\n"
    assert never_fail(first + second) == expected


def test_all_allocations_can_fail():
    files = sorted((PROJECT / "src").rglob("*.rs"))
    found = {file.relative_to(PROJECT): never_fail(file.read_text()) for file in files}
    assert sum(bool(ALLOCATES.search(file.read_text())) for file in files) > 10
    assert not any(found.values()), {name: names for name, names in found.items() if names}
