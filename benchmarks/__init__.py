"""Measurements: one file per claim in docs/benchmarks.md, over the product's own code paths.

Each module takes files on the command line, prints one JSON line per file on standard output and a readable table on
standard error, and writes what it decided per item to `--output FILE`.
"""
