"""What is derived from rows: settled minutes, identity, and computing a rollup again."""
