"""`afterclick demo`: a shop with a problem in it, end to end."""

import signal
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from afterclick.cli.printed import JsonOption, print_json
from afterclick.demo import shop
from afterclick.demo.plan import Plan
from afterclick.demo.product import Place
from afterclick.errors import Unavailable
from afterclick.settings import load

app = typer.Typer(help="A shop with a problem in it: a week of history, live traffic, faults to switch.")


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    fault: Annotated[str, typer.Option(help="The fault that began 24 hours ago.")] = Plan.fault,
    seed: Annotated[int, typer.Option(help="Of the simulated people.")] = Plan.seed,
    days: Annotated[int, typer.Option(min=2, max=60, help="Days of history.")] = Plan.days,
    visits: Annotated[int, typer.Option(min=100, help="Visits a day in the history.")] = Plan.visits_per_day,
    rate: Annotated[float, typer.Option(min=0.0, help="Live visits a second.")] = Plan.live_per_second,
    run_once: Annotated[bool, typer.Option("--once", help="Print the problems found and exit.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --once: as JSON.")] = False,
    data: Annotated[Path, typer.Option(help="The demo's folder, emptied at start.")] = Path("demo-data"),
) -> None:
    """Start the product and a shop, fill in a week, and show what went wrong."""
    if context.invoked_subcommand:
        return
    from afterclick.demo.run import once, show

    plan = Plan(fault, seed, days, visits, rate)
    console = Console(stderr=True)
    signal.signal(signal.SIGTERM, _interrupt)
    if not run_once:
        ports = load()
        show(plan, data, Place(data, ports.port, ports.collector_port), shop.DEFAULT, console)
        return
    found = once(plan, console)
    if as_json:
        print_json(found)
    else:
        for problem in found:
            console.print(problem["sentence"], markup=False)
    if not found:
        raise Unavailable("The demo found no problem in time; run it again with more --visits.")


@app.command("fault")
def fault_switch(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(shop.FAULTS)}.")],
    state: Annotated[Literal["on", "off"], typer.Argument(help="on or off")],
    url: Annotated[str, typer.Option(help="Where the shop runs.")] = shop.DEFAULT.url("storefront"),
    as_json: JsonOption = False,
) -> None:
    """Switch a fault of the running shop."""
    faults = shop.switch_fault(url, name, state == "on")
    if as_json:
        print_json(faults)
        return
    on = [each for each, is_on in faults.items() if is_on]
    Console().print(f"Faults on: {', '.join(on) or 'none'}")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
