"""The vitals in the form that Prometheus reads (text format 0.0.4), by its own client library."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from afterclick import __version__
from afterclick.clock import now_ms
from afterclick.web.vitals import Vitals


def exposition(vitals: Vitals) -> str:
    """All vitals as one page."""
    registry = CollectorRegistry()
    registry.register(_Vitals(vitals))
    ProcessCollector(registry=registry)
    return generate_latest(registry).decode()


class _Vitals(Collector):
    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[Metric]:
        yield from self._waiting()
        yield from self._disk()
        yield from self._store()
        yield from self._jobs()

    def _waiting(self) -> Iterator[Metric]:
        waiting, ready = self._vitals.waiting, not self._vitals.troubles
        yield GaugeMetricFamily("afterclick_ready", "1 when /readyz says so.", float(ready))
        version = GaugeMetricFamily("afterclick_version", "Always 1; the release.", labels=["version"])
        version.add_metric([__version__], 1)
        yield version
        yield GaugeMetricFamily("afterclick_spool_rows", "Rows that wait to be stored.", waiting.rows)
        yield GaugeMetricFamily("afterclick_spool_bytes", "Disk that the spool uses.", waiting.bytes)
        yield GaugeMetricFamily(
            "afterclick_spool_age_seconds", "Age of the oldest row that waits.", waiting.lag_ms / 1000
        )
        yield CounterMetricFamily("afterclick_drained_rows", "Rows stored since the start.", waiting.drained)
        yield CounterMetricFamily(
            "afterclick_set_aside_rows", "Rows that the store refused.", waiting.set_aside
        )
        steps = CounterMetricFamily("afterclick_drain_step_seconds", "Time in each step.", labels=["step"])
        for step, seconds in waiting.steps.items():
            steps.add_metric([step], seconds)
        yield steps

    def _disk(self) -> Iterator[Metric]:
        disk = self._vitals.disk
        folders = GaugeMetricFamily("afterclick_disk_bytes", "Disk by folder.", labels=["folder"])
        for folder, taken in disk.folders:
            folders.add_metric([folder], taken)
        yield folders
        yield GaugeMetricFamily("afterclick_disk_free_bytes", "Free disk of the data folder.", disk.free)

    def _store(self) -> Iterator[Metric]:
        found = SummaryMetricFamily(
            "afterclick_query_seconds", "Statements of the store, waiting included.", labels=["statement"]
        )
        for one in self._vitals.latencies:
            found.add_metric([one.name], one.count, one.seconds)
        yield found

    def _jobs(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("afterclick_job_runs", "Runs of a job.", labels=["job"])
        failures = CounterMetricFamily("afterclick_job_failures", "Failed runs of a job.", labels=["job"])
        started = GaugeMetricFamily(
            "afterclick_job_last_start_seconds", "When a job last began, Unix.", labels=["job"]
        )
        for run in self._vitals.runs:
            runs.add_metric([run.name], run.runs)
            failures.add_metric([run.name], run.failures)
            if run.started:
                started.add_metric([run.name], run.started / 1000)
        age = GaugeMetricFamily(
            "afterclick_job_age_seconds", "Age of what a job keeps up to date for pages.", labels=["job"]
        )
        late = GaugeMetricFamily("afterclick_job_late", "1 when that is late.", labels=["job"])
        now = now_ms()
        for fresh in self._vitals.freshness:
            age.add_metric([fresh.job], (now - (fresh.as_of or self._vitals.started)) / 1000)
            late.add_metric([fresh.job], float(fresh.late))
        yield from (runs, failures, started, age, late)
