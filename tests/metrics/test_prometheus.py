"""Prometheus scrapes nginx, and the files of nginx-config/monitoring/ work with what it has."""

import contextlib
import json
import re
import shutil
import subprocess

import pytest

from conftest import Sites
from harness.clients import http1
from harness.installations import installations
from harness.project import PROJECT
from harness.tokens import Pair
from metrics.prometheus import FOLDER, Prometheus, command
from metrics.scrape import SERIES, scrape

pytestmark = pytest.mark.plain("it tests what Prometheus does")

FIRST, SECOND = Pair(), Pair()
RULE_TESTS = sorted((PROJECT / "tests/metrics").glob("*.test.yml"))
DASHBOARD = PROJECT / "nginx-config/monitoring/grafana/pta.json"

HTTP = f"""
    pta_metrics_zone m:64k;
    pta_once_zone uploads:64k;
    server {{
        listen 127.0.0.1:@port@;
        {FIRST.directives()} {SECOND.directives("2nd")}
        location = /pta-metrics {{ pta_metrics; }}
        location /video/ {{ pta_enable on; pta_metrics_label video; empty_gif; }}
        location /dry/ {{ pta_enable on; pta_dry_run on; pta_metrics_label dry; empty_gif; }}
        location /once/ {{
            pta_enable on; pta_once zone=uploads; pta_metrics_label once; empty_gif;
        }}
        location /issue/ {{
            pta_issue /video/* 1h; pta_metrics_label issue; add_header X-Token $pta_token;
            empty_gif;
        }}
    }}
"""


@pytest.fixture(scope="module")
def scraped(request):
    """A Prometheus that has seen some traffic, and the nginx. One version of nginx is enough."""
    with (
        contextlib.closing(Sites(installations()[0], request.node)) as sites,
        Prometheus(sites(HTTP, access_log="off", error_level="crit").port()) as prometheus,
    ):
        running = sites.sites[0]
        up = 'up{job="pta"} == 1'
        prometheus.wait_for(lambda: prometheus.query(up), "nginx is not scraped")
        send(running)
        last = scrape(running.port(), "/pta-metrics")["nginx_pta_checks_total", "video", "missing"]
        seen = f'nginx_pta_checks_total{{label="video",verdict="missing"}} == {last}'
        prometheus.wait_for(lambda: prometheus.query(seen), "the traffic is not seen")
        # A rate needs two samples.
        rate = "sum(rate(nginx_pta_checks_total[1m])) > 0"
        prometheus.wait_for(lambda: prometheus.query(rate), "there is no rate")
        yield prometheus, running


def send(running):
    good, old = FIRST.token("/*"), SECOND.token("/*")
    expired = FIRST.expired("/*")
    with http1.Connection(running.port()) as connection:
        for place in ("video", "dry"):
            for token in (good, good, old, expired, "xyz"):
                connection.get(f"/{place}/x?pta={token}")
            connection.get(f"/{place}/x")
        connection.get("/issue/")
        # Used once, and then refused.
        for _ in range(2):
            connection.get(f"/once/x?pta={good}")


def test_prometheus_has_what_nginx_says(scraped):
    prometheus, running = scraped
    found = {}
    for name in SERIES:
        for result in prometheus.query(name):
            labels = [result["metric"][label] for label in SERIES[name]]
            found[(name, *labels)] = int(result["value"][1])
    assert found == scrape(running.port(), "/pta-metrics")


def test_types_and_help(scraped):
    prometheus, _ = scraped
    metadata = prometheus.api("metadata")["data"]
    found = {name: entry[0]["type"] for name, entry in metadata.items() if "_pta_" in name}
    assert found == {name: "counter" if name.endswith("_total") else "gauge" for name in SERIES}


def panels():
    """Title and queries of each panel of the dashboard."""
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        assert panel["targets"], panel["title"]
        for target in panel["targets"]:
            yield pytest.param(target["expr"], id=panel["title"].replace(" ", "-"))


@pytest.mark.parametrize("expression", list(panels()))
def test_a_query_of_the_dashboard(scraped, expression):
    prometheus, _ = scraped
    filled = expression.replace("$label", ".*").replace("$__rate_interval", "5m")
    assert "$" not in filled
    found = prometheus.query(filled)
    assert found, f"nothing: {filled}"
    names = set(re.findall(r"\bnginx_pta_\w+", filled))
    assert names
    assert names <= set(SERIES)


def test_the_dashboard_shows_every_series():
    text = DASHBOARD.read_text()
    assert [name for name in SERIES if name not in text] == []


def test_the_variable_of_the_dashboard(scraped):
    prometheus, _ = scraped
    [query] = re.findall(r'"definition": "label_values\((\w+), (\w+)\)"', DASHBOARD.read_text())
    assert {result["metric"][query[1]] for result in prometheus.query(query[0])} == {
        "video",
        "dry",
        "once",
        "issue",
    }


def test_prometheus_evaluates_the_rules(scraped):
    prometheus, _ = scraped

    def rules():
        [group] = prometheus.api("rules")["data"]["groups"]
        return all(rule["health"] == "ok" for rule in group["rules"]) and group["rules"]

    found = prometheus.wait_for(rules, "rules that cannot be evaluated")
    assert len(found) == (FOLDER / "pta.rules.yml").read_text().count("- alert:")


def promtool(*arguments, cwd=FOLDER):
    done = subprocess.run(
        [command("promtool"), *arguments], cwd=cwd, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_the_configuration():
    status, output = promtool("check", "config", "--lint=all", "--lint-fatal", "prometheus.yml")
    assert status == 0, output
    assert "pta.rules.yml" in output


def test_the_rules(tmp_path):
    shutil.copy(FOLDER / "pta.rules.yml", tmp_path)
    rules = tmp_path / "pta.rules.yml"
    for path in RULE_TESTS:
        shutil.copy(path, tmp_path)
        status, output = promtool("test", "rules", path.name, cwd=tmp_path)
        assert status == 0, output
    # The test notices another limit.
    rules.write_text(rules.read_text().replace("> 0.8", "> 0.9"))
    status, output = promtool("test", "rules", "rules.test.yml", cwd=tmp_path)
    assert status == 1, output


def test_every_rule_is_tested():
    names = set(re.findall(r"- alert: (\w+)", (FOLDER / "pta.rules.yml").read_text()))
    tests = "".join(path.read_text() for path in RULE_TESTS)
    assert set(re.findall(r"alertname: (\w+)", tests)) == names


def test_promtool_reads_the_metrics(scraped):
    """It also knows the conventions of names and units."""
    _, running = scraped
    text = http1.get(running.port(), "/pta-metrics").body
    done = subprocess.run(
        [command("promtool"), "check", "metrics"], input=text, capture_output=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
