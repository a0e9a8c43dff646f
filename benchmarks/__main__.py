"""`python -m benchmarks [NAME…]`: runs the benchmarks and prints each figure beside a limit measured in the same run.

A benchmark is a module here with a function `main`, which returns whether the bounds were kept, or None when there
are none. Without names all run but the slow measurements that stand behind decision records and documents.
"""

import importlib
import pkgutil
import sys

import benchmarks

PARTS = {"__main__", "load", "bare", "table", "site_shapes"}
BY_NAME = {"detection", "identity", "pages", "rebuild", "routes", "schema", "soak", "time_to_price"}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all but the slow; 1 when one missed its bounds."""
    known = sorted({module.name for module in pkgutil.iter_modules(benchmarks.__path__)} - PARTS)
    if unknown := set(names) - set(known):
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(known)}.")
        return 2
    sys.argv[1:] = []  # the names are not a benchmark's own arguments
    chosen = names or [name for name in known if name not in BY_NAME]
    kept = [importlib.import_module(f"benchmarks.{name}").main() for name in chosen]
    return 1 if False in kept else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
