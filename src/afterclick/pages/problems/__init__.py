"""The problems, worst first."""
