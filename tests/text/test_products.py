"""Other versions and sisters of one family, by the words of a title."""

import pytest

from bot.text.products import NO_PRODUCTS, Tiers, are_different_products, products_of
from tests.support.world import settings

TIERS = settings().rules.tiers


def differ(a: str, b: str, *, language: str = "en", tiers: Tiers = TIERS) -> bool:
    first, second = products_of(a, language, tiers), products_of(b, language, tiers)
    assert are_different_products(first, second) == are_different_products(second, first)
    return are_different_products(first, second)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Halden Labs releases Corvid 2", "Halden Labs releases Corvid 3"),
        ("Halden Labs releases Corvid 2", "Halden Labs releases Corvid 2 Nano"),
        ("Halden Labs Releases Corvid 2 For Everyone", "Halden Labs Releases Corvid 2 Nano For Everyone"),
        ("Corvid 2 mini is out", "Corvid 2 is out"),
        ("Corvid-2-mini is out", "Corvid-2-turbo is out"),
        ("Halden Introduces Corvid 2.5 Pro", "Halden Introduces Corvid 2.5 Flash"),
        ("Corvid Nano 2 fits on a watch", "Corvid Ultra 2 fills a hall"),
        ("Corvid Nano fits on a watch", "Corvid Ultra fills a hall"),
        ("Corvid 2 Quillon writes code", "Corvid 2 writes code"),
        ("Heron Opal 4 is here", "Heron Jade 4 is here"),
        ("Corvid2-Coder-32B", "Corvid2-Instruct-32B"),
        ("Corvid 3 8B runs on a laptop", "Corvid 3 70B needs a rack"),
        ("Halden发布Corvid 2", "Halden发布Corvid 2 Nano"),
        ("Halden lancia Corvid 2 Lite", "Halden lancia Corvid 2"),
        ("Halden stellt Corvid 2 vor", "Halden stellt Corvid 2 Mini vor"),
        ("Corvid v2 is open", "Corvid v3 is open"),
    ],
)
def test_versions_and_sisters_are_apart(a: str, b: str) -> None:
    assert differ(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Halden Labs releases Corvid 2", "Corvid 2: what we know"),
        ("Halden Labs releases Corvid 2 Nano", "Corvid 2 Nano fits on a watch"),
        ("Halden releases Corvid 2 and Corvid 2 Nano", "Corvid 2 is here"),
        ("Halden releases Corvid 2 and Corvid 2 Nano", "Corvid 2 Nano fits on a watch"),
        ("Corvid 2 arrives, with a Nano for phones", "Corvid 2 Nano fits on a watch"),
        ("Heron Opal 4 and Jade 4 are here", "Heron Jade 4 is here"),
        ("Heron Opal 4 is here", "Opal 4 of Heron tops a table"),
        ("Corvid 2 is open, says CEO", "Corvid 2 CEO explains the licence"),
        ("Corvid 2 API opens", "Corvid 2 opens"),
        ("Corvid 2 70B needs a rack", "Corvid 2 needs a rack"),
        ("Corvid for everyone", "Corvid Nano for everyone"),
        ("Halden on 3 March opens Corvid", "Halden on 4 March opens Corvid"),
        ("On February 3 the court ruled", "On February 4 the court ruled"),
        ("Corvid costs 3 million", "Corvid costs 4 million"),
        ("Corvid 2 Beats All Its Rivals In Every Language", "Corvid 2 Surprises Even Its Authors In Every Language"),
        ("Corvid 2 plus three rivals compared", "Corvid 2 compared"),
        ("Halden stellt Corvid 2 Modell vor", "Halden stellt Corvid 2 vor"),
        ("On the 4th of July", "On the 5th of July"),
    ],
)  # fmt: skip
def test_one_product_is_not_apart_from_itself(a: str, b: str) -> None:
    assert not differ(a, b, language="de" if "stellt" in a else "en")


def test_a_name_behind_a_version_needs_no_list() -> None:
    assert differ("Halden releases Corvid 2 Nano", "Halden releases Corvid 2", tiers=Tiers())
    assert differ("Corvid-2-Quill", "Corvid-2", tiers=Tiers())
    assert not differ("Halden Labs Releases Corvid 2 Nano", "Halden Labs Releases Corvid 2", tiers=Tiers())


@pytest.mark.parametrize("title", ["", "3", "nano", "Nano 3", "3 3 3", "🙂 3", "v", "v 2", "Corvid", "-3-"])
def test_titles_without_products_name_none(title: str) -> None:
    assert not are_different_products(products_of(title, "en", TIERS), products_of("Corvid 2", "en", TIERS))
    assert products_of("A quiet day", "en", TIERS) is NO_PRODUCTS
