import msgspec
import pytest
from tests.web.shopfront import DAY, NOW
from tests.web.troubles import a_problem, replace_struct

from afterclick.impact import Estimate
from afterclick.resolve import Wait
from afterclick.stats import Interval
from afterclick.words import figures
from afterclick.words.sentence import coded
from afterclick.words.wording import answer, segment_words, step_name, step_within


def said(**changed: object) -> str:
    return answer(replace_struct(a_problem("s"), changed), NOW, "UTC").text.replace("\u00a0", " ")


def test_a_priced_problem_says_where_how_much_since_when_and_why() -> None:
    assert said() == (
        "Payment for card network amex has been losing about €4,200 a day (€2,900 to €5,600) since Monday 23:20, "
        "€6,300 in all, because payment → acquirer takes 3.1 s more than usual."
    )


def test_what_is_slower_than_usual_says_how_long_those_wait_whom_it_meets_and_what_was_usual() -> None:
    wait = Wait(
        measure="request",
        median_ms=2600,
        interval=Interval(2600, 2400, 2900),
        n=40,
        before_ms=600,
        n_before=900,
    )
    assert said(signal="slower", wait=wait).endswith(
        "It is slower than usual (2.6 s where it is met, 600 ms before)."
    )
    unmeasured = msgspec.structs.replace(wait, before_ms=None, n_before=0)
    assert said(signal="slower", wait=unmeasured).endswith("It is slower than usual (2.6 s where it is met).")
    assert said(signal="slower", wait=None).endswith("It is slower than usual.")


def test_a_loss_younger_than_a_day_is_a_rate_an_hour_with_the_total_beside_it() -> None:
    young = Estimate(
        status="priced",
        revenue_lost=Interval(900, 480, 1380),
        currency="EUR",
        since=NOW - DAY // 4,
        until=NOW,
    )
    assert "has been losing about €150 an hour (€80 to €230) since today 05:20, €900 in all, because" in said(
        onset=NOW - DAY // 4, estimate=young
    )


def test_a_loss_whose_interval_holds_zero_is_no_clear_loss() -> None:
    vague = Estimate(
        status="priced", revenue_lost=Interval(200, -50, 450), currency="EUR", since=NOW - DAY, until=NOW
    )
    assert "so far no clear loss (−€50 to €450)" in said(estimate=vague)


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (None, "it is not priced yet."),
        (
            Estimate(status="gathering", n_exposed=12, reason="12 visits met it; a price needs 30."),
            "not priced yet: 12 visits met it; a price needs 30.",
        ),
        (
            Estimate(
                status="gathering",
                n_exposed=58,
                n_control=1205,
                reason="0 comparable arrivals led to an order; a price needs 10.",
            ),
            "not priced yet: 0 comparable arrivals led to an order; a price needs 10.",
        ),
        (
            Estimate(status="unknown", reason="Nobody is unexposed."),
            "its cost is unknown: nobody is unexposed.",
        ),
    ],
)
def test_without_a_price_the_sentence_says_what_is_missing(estimate: Estimate | None, words: str) -> None:
    assert said(estimate=estimate).endswith(words)


def test_a_segment_reads_as_people_say_it() -> None:
    assert segment_words({"device_class": "mobile", "country": "DE"}) == "on phones in DE"
    assert (
        segment_words({"visitor": "new", "card_network": "amex"}) == "for new visitors for card network amex"
    )


def test_a_lone_backtick_stays_a_character() -> None:
    assert [(piece.text, piece.family) for piece in coded("a ` b")] == [("a ` b", "")]
    assert [piece.family for piece in coded("`a` is slow")] == ["code", ""]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (figures.money(4213.4, "EUR"), "€4,210"),
        (figures.money(-0.456, "USD"), "−$0.46"),
        (figures.money(1234.5, "CZK", exact=True), "CZK\u00a01,234.50"),
        (figures.money(1234, "JPY", exact=True), "¥1,234"),
        (figures.money(1234.4, "KRW", exact=True), "₩1,234"),
        (figures.money(4.2, "JPY"), "¥4"),
        (figures.money(12.3456, "BHD", exact=True), "BHD\u00a012.346"),
        (figures.money(1234.5, "CZK", exact=True, locale="cs"), "1\u00a0234,50\u00a0Kč"),
        (figures.money(4213.4, ""), "4,210"),
        (figures.count(12_345.6), "12,346"),
        (figures.percent(0.0342), "3.42%"),
        (figures.percent(0.9995), "99.95%"),
        (figures.percent(0.0), "0%"),
        (figures.percent(1.0), "100%"),
        (figures.percent(-0.123), "−12.3%"),
        (figures.percent(12.5), "1,250.0%"),
        (figures.percent(0.0342, "de"), "3,42\u00a0%"),
        (figures.milliseconds(2412), "2.41\u00a0s"),
        (figures.money(3.7035, "BHD"), "BHD\u00a03.704"),
        (figures.money(9.994, "EUR"), "€9.99"),
        (figures.milliseconds(999.4), "999\u00a0ms"),
        (figures.milliseconds(999.6), "1\u00a0s"),
        (figures.milliseconds(59_960), "1\u00a0min"),
        (figures.milliseconds(3_599_600), "1\u00a0h"),
        (figures.size(999.6), "1\u00a0kB"),
        (figures.size(999_600), "1\u00a0MB"),
        (figures.size(999_000), "999\u00a0kB"),
        (figures.milliseconds(245_000), "4\u00a0min 5\u00a0s"),
        (figures.short(12_345), "12.3\u00a0k"),
        (figures.moment(NOW - DAY, NOW, "UTC"), "yesterday 11:20"),
        (figures.moment(NOW - 2 * DAY, NOW, "Asia/Kathmandu"), "Monday 17:05"),
        (figures.moment(NOW - 400 * DAY, NOW, "UTC"), "14 Oct 2025"),
        (figures.join(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_numbers_and_times_are_worded_one_way(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize(
    ("step", "first", "within"),
    [
        ("/en-gb/catalogue", "/en-gb/catalogue", "/en-gb/catalogue"),
        ("/Product_List/:slug", "/Product_List/:slug", "/Product_List/:slug"),
        ("product_list", "Product list", "product list"),
        ("", "Every step", "every step"),
        ("/" + "a" * 99, "/" + "a" * 62 + "…", "/" + "a" * 62 + "…"),
    ],
)
def test_a_step_that_is_a_path_is_told_as_it_is(step: str, first: str, within: str) -> None:
    assert (step_name(step), step_within(step)) == (first, within)
