"""How many feeds does one core poll? `python -m benchmarks.poll [--feeds N]`, beside reader in the same run; see `polling`.

Worker processes import the main module of their parent, so that it must be as light as Strillone's own.
"""


def main() -> None:
    """Measure polling."""
    from benchmarks import polling

    polling.main()


if __name__ == "__main__":
    main()
