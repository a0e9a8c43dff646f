"""A file in the layout of the European Central Bank's whole history, as large as that, with made-up rates."""

from datetime import date, timedelta

from afterclick.currencies import CODES

QUOTED = [*sorted({*CODES} - {"EUR", "PEN"})[:40], "PEN"]
DAYS = 6_500


def history(until: date, days: int = DAYS) -> str:
    """The newest day first; the last currency of the first is no number."""
    lines = [f"Date,{','.join(QUOTED)},"]
    for back in range(days):
        rates = [f"{1 + (back * place) % 97 / 13:.4f}" for place in range(len(QUOTED))]
        lines.append(f"{until - timedelta(days=back)},{','.join(rates)},")
    lines[1] = lines[1].rpartition(",")[0].rpartition(",")[0] + ",much,"
    return "\n".join(lines) + "\n"
