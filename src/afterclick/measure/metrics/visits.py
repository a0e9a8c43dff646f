"""Who came, and how many of them bought."""

from afterclick.measure.metric import Metric

_SQL = "pages/overview/series.sql: visits"

METRICS = (
    Metric(
        "visits", "Visits", "Sessions that began in the period, bots left out.", "count", "more",
        sql=_SQL, method="count", n="visits", part="visits", whole="visits",
        notes="A visit ends after 30 minutes without an event, as the SDK counts it. It belongs to the day on which "
        "it started, also when it goes on past midnight.",
    ),
    Metric(
        "people", "People",
        "Unique people who began a visit in the period, each counted once on however many devices, bots left out.",
        "count", "more",
        sql="customers/persons.sql: persons_by_bucket", method="count", n="visits", part="people", whole="visits",
        notes="Devices, users and e-mail hashes that are known to belong together are one person, also for visits "
        "before that was known, so a past figure falls when people merge; [customers.md](customers.md) tells the "
        "rules. A visit that names neither a device nor a user belongs to nobody. A new visit counts within about ten "
        "seconds.",
    ),
    Metric(
        "conversion", "Conversion", "Share of visits with at least one order.", "share", "more",
        sql=_SQL, method="share", n="visits", part="buyers", whole="visits", least=30,
    ),
)  # fmt: skip
