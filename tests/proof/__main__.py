"""`python -m tests.proof`."""

from tests.proof.run import main

main()
