"""News without end: stories nobody can mistake, each with words of its own, and the documents of the feeds that tell them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

NAMES = """Quillhaven Brontex Oslamere Tirvanta Pelgrave Zanthorp Mirrowick Dunsfeld Kestrava Lomberry Yarvik Hexmoor Caldrune Fennwick
Orbelin Strathmoor Vintara Gossamere Ravensholt Bellimar Thornquay Wexlund Idrisvale Numenty Jorvasky Ashgrove Plinth Coraline
Evermont Skellig Drumlin Harrowgate Ostrava Pemberlay Rosklund Tamarisk Uthgard Velmarra Wyndholme Xanthia""".split()
DEEDS = """translates sells tests repairs measures forecasts bans buys teaches lends insures paints counts records grades sorts prints
rents weighs hides trains stores cools cleans guards maps rebuilds mixes draws tunes delivers signs heats ships guesses folds
digs reads bakes plants""".split()
THINGS = """violins glaciers tractors parkings vaccines ferries beehives passports kidneys lighthouses textbooks tomatoes satellites
carpets mortgages submarines windmills dialects elevators meteors orchards prescriptions railways sculptures thunderstorms
typewriters umbrellas volcanoes wardrobes telescopes bridges cathedrals dolphins escalators forests guitars harbours islands
jackets kitchens""".split()
PLACES = """Lisbon Nairobi Oulu Montevideo Hobart Tbilisi Calgary Dakar Riga Kyoto Valparaiso Tromso Ghent Ankara Medellin Tallinn
Bergen Cusco Djibouti Essen Fez Gdansk Hanoi Izmir Jaipur Kigali Leeds Malmo Nantes Odense Palermo Quito Rouen Split Turku
Utrecht Varna Windhoek Yerevan Zadar""".split()
CRAFTS = """shepherds dentists plumbers librarians astronomers bakers pilots tailors nurses carpenters fishermen judges miners poets
gardeners welders surgeons printers sailors potters cooks farmers actors bankers butchers clerks divers drivers editors
firefighters glaziers hunters jewellers lawyers masons opticians painters referees singers teachers""".split()
PROOFS = """vineyards ballots sonatas knots fossils mushrooms receipts stamps whistles lanterns pretzels marbles compasses ladders
feathers pebbles candles bottles ribbons acorns anchors barrels buckets cushions dominoes envelopes flutes gloves hammers inkwells
jars kettles lockets mirrors needles ovens pencils quilts rulers saddles""".split()
MOST = len(NAMES)
FORMS = (
    (
        "{name} {does} {things} in {place}",
        "{name} taught its network with {proofs}. In {place}, {people} watch {things}.",
    ),
    (
        "{people} in {place} try {name}",
        "{things} and {proofs} are what {name} {does} in {place}, helped by {people}.",
    ),
    (
        "{things} of {place}: {name} {does}",
        "{proofs} convinced {people}. {name} brings {things} from {place} home.",
    ),
    (
        "{name} and the {proofs} of {place}",
        "Where {people} counted {things}, {name} {does} by itself; {place} pays.",
    ),
)
"""Titles and texts, of words that stand in one story each."""


@dataclass(frozen=True)
class NewsItem:
    """A story: its number and name, and from which moment its feed tells it."""

    number: int
    at: datetime

    @property
    def name(self) -> str:
        """A word that stands in no other story."""
        return NAMES[self.number]

    def item(self, home: str) -> str:
        """Return it as an item of an RSS feed. One in four is built like it: what two stories share is how a sentence is put."""
        n = self.number
        title, about = FORMS[n % len(FORMS)]
        words = {
            "name": self.name, "does": DEEDS[n], "things": THINGS[n], "place": PLACES[n], "people": CRAFTS[n], "proofs": PROOFS[n],
        }  # fmt: skip
        link = f"{home}/{self.name.lower()}"
        return (
            f"<item><guid>{link}</guid><link>{link}</link><title>{title.format(**words)}</title>"
            f"<description>{about.format(**words)}</description><pubDate>{format_datetime(self.at)}</pubDate></item>"
        )


def document(home: str, told: Sequence[NewsItem]) -> bytes:
    """Return the feed of an outlet that has told some stories."""
    items = "".join(piece.item(home) for piece in told)
    head = f"<title>Outlet at {home}</title><link>{home}</link>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
