"""Measured figures of geostance, each one command: ``python -m benchmarks.<name> --json FILE``."""
