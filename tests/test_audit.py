"""`make audit` says what it learned, and does not call a machine without the network a vulnerability."""

import json

from audit_dependencies import of_npm, of_pip


def test_a_vulnerable_package_is_named_with_the_version_that_mends_it() -> None:
    bad = {"name": "a", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    good: dict[str, object] = {"name": "b", "version": "2.0", "vulns": []}
    audited = of_pip("uv.lock", json.dumps({"dependencies": [bad, good], "fixes": []}))
    assert audited.findings == ("a 1.0: PYSEC-1, mended in 1.1",)
    assert audited.sentence == "uv.lock: 2 packages looked up, 1 known to be vulnerable."
    npm = {
        "metadata": {"dependencies": {"total": 9}},
        "vulnerabilities": {"c": {"name": "c", "severity": "high", "range": "<3"}},
    }
    assert of_npm("package-lock.json", json.dumps(npm)).findings == ("c <3: high",)


def test_where_nothing_could_be_asked_it_says_so_and_finds_nothing() -> None:
    skipped = json.dumps({"dependencies": [{"name": "a", "skip_reason": "not found"}]})
    error = json.dumps({"message": "405", "error": {"summary": "", "detail": ""}})
    for audited in (
        of_pip("uv.lock", ""),
        of_pip("uv.lock", skipped),
        of_npm("uv.lock", error),
        of_npm("uv.lock", ""),
    ):
        assert audited.findings == ()
        assert (
            audited.sentence
            == "uv.lock: not audited, the advisory database cannot be asked from this machine."
        )


def test_what_could_not_be_looked_up_is_told_beside_what_could() -> None:
    report = {"dependencies": [{"name": "a", "version": "1"}, {"name": "b", "skip_reason": "not found"}]}
    told = of_pip("uv.lock", json.dumps(report)).sentence
    assert told == "uv.lock: 1 packages looked up, none known to be vulnerable, 1 could not be looked up."
