"""Which reports of AddressSanitizer show more than what nginx itself leaks."""

import pytest

from instrumented.reports import own_reports

HEAD = """
=================================================================
==7==ERROR: LeakSanitizer: detected memory leaks
"""


def leak(kind, *calls):
    frames = [f"    #{n} 0x55bb97c04f59 in {call} src/a.c:1" for n, call in enumerate(calls)]
    return "\n".join([f"{kind} leak of 24 byte(s) in 1 object(s) allocated from:", *frames])


def report(*leaks, head=HEAD):
    return "\n".join(
        [head, *(f"{leak}\n" for leak in leaks), "SUMMARY: AddressSanitizer: 24 bytes"]
    )


OF_PROCESS = leak("Direct", "malloc", "ngx_alloc", "ngx_event_process_init", "main")
OF_OPTIONS = leak("Direct", "ngx_memalign", "ngx_create_pool", "main")
IN_OPTIONS = leak("Indirect", "malloc", "ngx_alloc", "ngx_pnalloc", "ngx_process_options", "main")
OF_CYCLE = leak("Direct", "ngx_memalign", "ngx_create_pool", "ngx_init_cycle", "main")
IN_CYCLE = leak("Indirect", "malloc", "ngx_alloc", "ngx_palloc", "merge", "ngx_init_cycle")
OF_MODULE = leak("Direct", "malloc", "alloc", "ngx_http_pta_module", "ngx_init_cycle", "main")

OVERFLOW = """
=================================================================
==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1
"""

KNOWN = {
    "of a process": report(OF_PROCESS),
    "of options": report(OF_PROCESS, OF_OPTIONS),
    "in options": report(OF_OPTIONS, IN_OPTIONS),
    "of nginx -t": report(OF_CYCLE, IN_CYCLE, OF_OPTIONS),
}
OWN = {
    "of the module": report(OF_MODULE),
    "of the module, beside a known one": report(OF_PROCESS, OF_MODULE),
    "of the module, in nginx -t": report(OF_CYCLE, IN_CYCLE, OF_MODULE),
    "in a cycle that is not leaked": report(IN_CYCLE),
    "an overflow": report(OF_PROCESS, head=OVERFLOW),
    "another text": report(OF_PROCESS, "What is this?"),
    "no leak": report(),
}


@pytest.mark.parametrize(("name", "is_own"), [(n, n in OWN) for n in (*KNOWN, *OWN)])
def test_reports(tmp_path, name, is_own):
    path = tmp_path / "report.7"
    path.write_text((KNOWN | OWN)[name])
    assert list(own_reports(tmp_path)) == ([path] if is_own else [])
