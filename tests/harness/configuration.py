"""The text of nginx.conf around the directives of a test."""

import os

HEAD = """\
{load_modules}
{user}
daemon {daemon};
{process}
pid nginx.pid;
error_log error.log {error_level};
{main}
"""

HTTP = """\
events {{
    {events}
}}
http {{
    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;
{http}
    access_log {access_log};
}}
"""


def configuration(site):
    """The nginx.conf of a site."""
    modules = [*site.load_modules, *([site.nginx.module] if site.with_module else [])]
    # Only root can choose the user.
    has_user = site.user and os.geteuid() == 0 and not site.single_process
    head = HEAD.format(
        load_modules="\n".join(f"load_module {module};" for module in modules),
        user=f"user {site.user};" if has_user else "",
        daemon="on" if site.daemon else "off",
        process="master_process off;" if site.single_process else "",
        error_level=site.error_level,
        main=site.main,
    )
    if site.http is None:
        return head
    return head + HTTP.format(events=site.events, http=site.http, access_log=site.access_log)
