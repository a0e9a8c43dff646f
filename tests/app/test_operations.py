"""What machines and operators are told of a running installation."""

import json
import os
import signal
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.app.installed import send_a_past, until

from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """An installation with a day of visits, over which its jobs have run."""
    with Product(Place(tmp_path_factory.mktemp("operated") / "data", *free_ports(2))) as running:
        running.wait()
        send_a_past(running, days_ago=1)
        until(lambda: running.waiting() == 0, "the visits to be stored")
        yield running


def get(product: Product, path: str) -> httpx.Response:
    return httpx.get(f"{product.place.dashboard}{path}", timeout=30)


def test_a_running_app_is_alive_and_ready(product: Product) -> None:
    assert get(product, "/healthz").json() == {"status": "ok"}
    until(lambda: get(product, "/readyz").status_code == 200, "the app to be ready")


def test_its_metrics_are_those_of_prometheus_and_tell_what_the_app_did(product: Product) -> None:
    until(lambda: "total at risk" in get(product, "/metrics").text, "metrics")
    answer = get(product, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found["afterclick_ready",] == 1
    assert found["afterclick_drained_rows_total",] >= 120
    assert found["afterclick_query_seconds_count", "insert into events"] >= 1
    assert found["afterclick_disk_bytes", "signals"] > 100_000
    assert found["afterclick_drain_step_seconds_total", "insert"] > 0
    assert found["process_resident_memory_bytes",] > 1_000_000


def test_the_system_page_tells_queue_disk_jobs_queries_and_versions(product: Product) -> None:
    def jobs_ran() -> bool:
        page = get(product, "/api/v1/system").json()
        return all(job["runs"] for job in page["runs"] if job["name"] in ("settle", "identity"))

    until(jobs_ran, "jobs to run")
    page = get(product, "/api/v1/system").json()
    assert page["waiting"]["drained"] >= 120
    assert page["disk"]["free"] > 0
    assert "signals" in dict(page["disk"]["folders"])
    assert {"settle", "identity", "watch"} <= {job["name"] for job in page["runs"]}
    assert any(one["name"] == "insert into events" for one in page["latencies"])
    assert dict(page["versions"])["chdb"]
    assert "settings" not in page
    html = get(product, "/settings/system")
    assert html.status_code == 200
    for heading in ("Jobs", "Warnings and errors", "Queries", "Disk", "Versions"):
        assert f">{heading}</h2>" in html.text


def test_what_the_app_says_is_json_a_line(product: Product) -> None:
    (collector,) = product.children()
    os.kill(collector, signal.SIGKILL)
    log = product.place.data / "serve.log"

    def told() -> list[dict[str, object]]:
        lines = log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    until(lambda: any(line["event"] == "restarting" for line in told()), "the restart to be told")
    page = get(product, "/api/v1/system").json()
    assert any(said["event"] == "restarting" for said in page["said"])
