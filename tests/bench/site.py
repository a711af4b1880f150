"""The nginx that is measured. It is one process, so that all its work is counted or traced."""

from harness.nginx import Site

HTTP = """
    keepalive_requests 1000000000;
    # So that long tokens and many cookies fit.
    large_client_header_buffers 4 64k;
    {http}
    server {{
        listen 127.0.0.1:@port@;
{server}
    }}
"""


def site(nginx, case, access_log="access.log", *, wrapper=(), environment=None):
    """A site for a case, which is not started."""
    return Site(
        nginx,
        HTTP.format(server=case.server, http=case.http),
        events="",
        error_level="error",
        access_log=access_log,
        load_modules=case.modules,
        with_module=case.with_module,
        beside=dict(case.files),
        single_process=True,
        wrapper=wrapper,
        environment=environment,
    )


def request(connection, case, number=0):
    """Sends the request of a case, of which this is one. The response must have its status.

    The Host header has no port, so that the length of the request is always the same.
    """
    target = case.targets[number] if case.targets else case.target
    response = connection.get(target, *case.headers)
    if response.status != case.status:
        raise RuntimeError(f"status {response.status} instead of {case.status} for {case}")
