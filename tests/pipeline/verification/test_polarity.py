"""A paraphrase neither denies what its source says nor turns it round."""

import pytest

from bot.pipeline.verification.check import Source, check
from bot.pipeline.verification.polarity import find_contradiction

CASES = [
    ("en", "On Monday the harbour board approved a plan to widen the old canal.", "The canal plan was not approved by the board."),
    ("en", "Shares in the shipyard fell after a weak spring for the harbour.", "After a weak spring the shipyard shares rose."),
    ("it", "Il consiglio del porto ha approvato ieri il piano per allargare il canale.", "Il piano per il canale non è stato approvato dal consiglio."),
    ("de", "Der Hafenrat hat gestern den Ausbau des alten Kanals genehmigt.", "Der Ausbau des Kanals wurde vom Hafenrat nicht genehmigt."),
    ("fr", "Le conseil du port a approuvé hier le projet du vieux canal.", "Le projet du canal n’a pas été approuvé par le conseil."),
    ("es", "El consejo del puerto aprobó ayer el proyecto del viejo canal.", "El proyecto del canal no fue aprobado por el consejo."),
    ("it", "Le azioni del cantiere scendono dopo una primavera debole.", "Dopo la primavera le azioni del cantiere salgono."),
    ("es", "Las acciones del astillero bajan tras una primavera floja.", "Tras la primavera suben las acciones del astillero."),
    ("pt", "O conselho do porto aprovou ontem o projeto do velho canal.", "O projeto do canal não foi aprovado pelo conselho."),
    ("pt", "As ações do estaleiro caem depois de uma primavera fraca.", "Depois da primavera sobem as ações do estaleiro."),
    ("en", "The board approved the canal plan.", "The choir does not sing in the harbour."),
    ("de", "Am 22. Mai öffnet das Hafenfest mit einem Chor.", "Das Hafenfest öffnet im Mai nicht."),
    ("en", "The board approved the canal plan on Monday. The ferry plan of the spring was not discussed.", "The canal plan was not approved on Monday."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "source", "said"), CASES)
def test_a_paraphrase_that_says_the_contrary_is_found(language: str, source: str, said: str) -> None:
    assert find_contradiction(said, language, [source])
    assert not check(said, language, [Source(source, language)]).ok


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("The board did not approve the canal plan.", "The board refused to approve the canal plan."),
        ("He is not an experienced sailor.", "The inexperienced sailor left the canal, an old sailor said."),
        ("Is the canal plan not approved?", "The board approved the canal plan."),
        ("No 4 on the canal board list won.", "The canal board list was won by number four on it."),
        ("Shares rose and then fell in the harbour.", "In the harbour shares rose, then shares fell."),
        (
            "The board did not only approve the canal plan, it paid for it.",
            "The board approved and paid for the canal plan.",
        ),
        ("Rain.", "The board approved the canal plan."),
    ],
)
def test_what_its_source_denies_too_or_says_nothing_of_passes(said: str, source: str) -> None:
    assert not find_contradiction(said, "en", [source])


def test_a_denial_in_a_sentence_about_something_else_backs_nothing() -> None:
    source = "The new harbour map shows every quay of the old town and its depth. No map can show how a quay feels underfoot."
    assert find_contradiction("The new harbour map does not show the quays of the old town.", "en", [source])


def test_where_no_source_is_in_its_language_nothing_is_said() -> None:
    assert not find_contradiction("Il consiglio non ha approvato il piano.", "it", [])
