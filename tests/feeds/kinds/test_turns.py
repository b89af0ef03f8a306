"""What stands below “Removed” does not read as if it had been added."""

import pytest

from bot.feeds.kinds.releases import notes_of
from bot.feeds.kinds.versions import telling_note


@pytest.mark.parametrize(
    ("label", "note"),
    [
        ("### Removed", "Removed: Support for the Heron model"), ("Deprecated:", "Deprecated: Support for the Heron model"),
        ("Known issues", "Known issues: Support for the Heron model"), ("Entfernt", "Entfernt: Support for the Heron model"),
        ("🗑️ Rimosso", "Rimosso: Support for the Heron model"), ("削除", "削除: Support for the Heron model"), ("Added", "Support for the Heron model"),
    ],
)  # fmt: skip
def test_a_note_bears_the_label_that_turns_it(label: str, note: str) -> None:
    notes = notes_of(f"{label}\n- Support for the Heron model.\n- Support for the Corvid model.")
    assert telling_note(notes) == note
    assert telling_note(notes[-1:]) == note.replace("Heron", "Corvid")


def test_the_label_ends_at_the_next_one_and_where_its_list_ends() -> None:
    notes = notes_of("Removed\n- The old model server\n\nAdded\n- A new model server")
    assert telling_note(notes) == "Removed: The old model server"
    assert "- A new model server" in notes
    notes = notes_of("Removed\n- The old model server\nUpgrading takes a minute of everybody's time.")
    assert "Upgrading takes a minute of everybody's time." in notes


def test_what_says_it_itself_is_not_labelled() -> None:
    assert telling_note(notes_of("Removed\n- Removed the old model server")) == "Removed the old model server"


def test_what_was_mended_comes_after_what_is_new() -> None:
    notes = notes_of("Fixed\n- A crash of the model server\n\nAdded\n- Answers in Latin for everybody")
    assert telling_note(notes) == "Answers in Latin for everybody"
    assert telling_note(notes[:2]) == "Fixed: A crash of the model server"
