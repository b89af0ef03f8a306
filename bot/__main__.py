"""Lets `python -m bot` and the console script start the command line."""

from bot.cli import main

if __name__ == "__main__":
    main()
