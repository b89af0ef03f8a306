"""The languages that the bot speaks: English, in which its texts are written, and those that have a
catalogue.
"""

from importlib import resources

SOURCE = "en"
SPOKEN = (
    SOURCE,
    *sorted(
        file.name.removesuffix(".po")
        for file in resources.files("bot").joinpath("i18n").iterdir()
        if file.name.endswith(".po")
    ),
)
