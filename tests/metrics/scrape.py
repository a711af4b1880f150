"""Reads the numbers of a site, by the parser that Prometheus' own Python client has."""

import json

from prometheus_client.parser import text_string_to_metric_families as parse_families

from harness.clients import http1

REFUSALS = [
    "missing",
    "malformed",
    "undecryptable",
    "expired",
    "path_mismatch",
    "replayed",
    "unavailable",
]
VERDICTS = ["allowed", *REFUSALS]

# What each series is about: the names of its labels, in order.
SERIES = {
    "nginx_pta_checks_total": ("label", "verdict"),
    "nginx_pta_dry_run_total": ("label", "verdict"),
    "nginx_pta_allowed_total": ("label", "source", "key", "sealed"),
    "nginx_pta_key_last_used_timestamp_seconds": ("label", "key"),
    "nginx_pta_last_refused_timestamp_seconds": ("label", "verdict"),
    "nginx_pta_expired_recently_total": ("label",),
    "nginx_pta_issued_total": ("label",),
    "nginx_pta_playlists_total": ("label", "result"),
    "nginx_pta_once_slots": ("zone", "state"),
    "nginx_pta_build_info": ("version", "nginx"),
}


def parse(text):
    """The numbers by the name of the series and the values of its labels, in order."""
    numbers = {}
    for family in parse_families(text):
        assert family.documentation
        assert family.type in ("counter", "gauge")
        for sample in family.samples:
            assert tuple(sample.labels) == SERIES[sample.name], sample
            key = (sample.name, *sample.labels.values())
            assert key not in numbers, f"{key} appears twice"
            numbers[key] = int(sample.value)
    return numbers


def scrape(port, target="/metrics"):
    response = http1.get(port, target)
    assert response.status == 200
    return parse(response.body.decode())


def flat(tree, path=()):
    """The numbers in the JSON form, by the same keys."""
    if not isinstance(tree, dict):
        return {path: tree}
    numbers = {}
    for key, below in tree.items():
        numbers |= flat(below, (*path, key))
    return numbers


def scrape_json(port, target="/metrics?format=json"):
    response = http1.get(port, target)
    assert response.status == 200
    return flat(json.loads(response.body))


def changes(before, after):
    """The counters that have changed, and by how much. Times are left out."""
    return {
        key: after[key] - before.get(key, 0)
        for key in after
        if key[0].endswith("_total") and after[key] != before.get(key, 0)
    }


def checks(label, **verdicts):
    """The expected changes of nginx_pta_checks_total."""
    return {("nginx_pta_checks_total", label, verdict): n for verdict, n in verdicts.items()}


def allowed(label, *, source="qs", key="1st", sealed=0, count=1):
    """The expected changes for allowed requests."""
    series = ("nginx_pta_allowed_total", label, source, key, str(sealed))
    return {series: count, **checks(label, allowed=count)}
