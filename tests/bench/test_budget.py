"""The comparison with the instruction budget, with invented counts."""

import pytest

from bench import budget

WITHIN = {"off": 1000, "access.log": 500}


@pytest.fixture(autouse=True)
def budget_file(tmp_path, monkeypatch):
    path = tmp_path / "budget"
    path.write_text("# A comment.\nnginx 1.22.1\nallowed 1000 500\n")
    monkeypatch.setattr(budget, "BUDGET", path)
    return path


@pytest.fixture
def same_processor(monkeypatch):
    monkeypatch.setattr(budget, "is_like_the_budget", lambda *_: True)


@pytest.mark.parametrize(
    ("counted", "is_within", "remark"),
    [
        (WITHIN, True, ""),
        ({"off": 1050, "access.log": 500}, True, ""),
        ({"off": 1051, "access.log": 500}, False, "TOO MANY"),
        ({"off": 1000, "access.log": 526}, False, "TOO MANY"),
        ({"off": 949, "access.log": 500}, True, "stale"),
    ],
)
@pytest.mark.usefixtures("same_processor")
def test_more_than_the_tolerance_is_a_failure(counted, is_within, remark, capsys):
    assert budget.compare({"allowed": counted}, "1.22.1") == is_within
    assert remark in capsys.readouterr().out


@pytest.mark.usefixtures("same_processor")
def test_another_nginx_is_not_compared(capsys):
    assert budget.compare({"allowed": {"off": 2000, "access.log": 500}}, "1.28.3")
    printed = capsys.readouterr().out
    assert printed.count("not compared: the budget is for nginx 1.22.1, this is 1.28.3") == 2
    assert "TOO MANY" not in printed


def test_another_processor_is_not_compared(monkeypatch, capsys):
    monkeypatch.setattr(budget, "is_like_the_budget", lambda *_: False)
    assert budget.compare({"allowed": {"off": 2000, "access.log": 500}}, "1.22.1")
    assert capsys.readouterr().out.count("not compared: this processor") == 2


@pytest.mark.parametrize(
    ("machine", "cpuinfo", "is_like"),
    [
        ("x86_64", "processor\t: 0\nflags\t\t: fpu avx2 bmi1\n", True),
        ("x86_64", "processor\t: 0\nflags\t\t: fpu avx bmi1\n", False),
        ("aarch64", "processor\t: 0\nflags\t\t: avx2\n", False),
    ],
)
def test_a_processor_with_avx2_is_like_that_of_the_budget(machine, cpuinfo, is_like):
    assert budget.is_like_the_budget(machine, cpuinfo) == is_like


@pytest.mark.usefixtures("same_processor")
def test_what_is_written_is_read_again(budget_file, capsys):
    counted = {"allowed": WITHIN, "refused": {"off": 7, "access.log": 8}}
    budget.write_budget("1.28.3", counted)
    assert budget_file.read_text().endswith("\nnginx 1.28.3\nallowed 1000 500\nrefused 7 8\n")
    assert budget.compare(counted, "1.28.3")
    assert "not compared" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("elsewhere", "here", "is_cheap"),
    [(0, 0, True), (-1, 30, True), (0, 31, False), (1, 30, False)],
)
def test_counting_has_limits_of_its_own(capsys, elsewhere, here, is_cheap):
    found = {"expired": [elsewhere, here], "missing": [0, 5]}
    assert budget.counting_is_cheap(found) == is_cheap
    printed = capsys.readouterr().out
    assert (
        f"expired: {here} instructions, 30 are allowed; without a label {elsewhere}, 0" in printed
    )
    assert ("TOO MANY" in printed) == (not is_cheap)
