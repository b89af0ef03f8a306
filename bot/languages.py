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


def base_language(tag: str) -> str:
    """Return the language of a tag (RFC 5646), in lower case and without its region: `pt` of `pt-BR`, `zh` of
    `zh_Hant`.
    """
    return tag.replace("_", "-").split("-")[0].lower()
