"""`python -m afterclick.cli`: the `afterclick` command where no script is installed."""

from afterclick.cli import main

main()
