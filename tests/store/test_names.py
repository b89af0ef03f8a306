"""Names in the store: proposed, decided, told of once."""

from bot.model import Proposal
from bot.store import Store, names
from bot.store.names import NameState
from tests.store.conftest import NOW


def proposal(name: str, documents: int = 3) -> Proposal:
    return Proposal(name=name, documents=documents, outlets=2, days=2, elsewhere=0, example=f"About {name}")


async def proposed(store: Store) -> list[tuple[str, int]]:
    async with store.read() as tx:
        return [(one.name, one.documents) for one in await names.of_state(tx, NameState.PROPOSED)]


async def test_only_what_was_found_last_waits_with_its_newest_evidence(store: Store) -> None:
    async with store.write() as tx:
        await names.add_proposals(tx, [proposal("Corvid"), proposal("Qilan")], NOW)
        await names.add_proposals(tx, [proposal("Qilan", 7), proposal("灵光")], NOW)
    assert await proposed(store) == [("Qilan", 7), ("灵光", 3)]


async def test_what_was_decided_stays(store: Store) -> None:
    async with store.write() as tx:
        await names.add_proposals(tx, [proposal("Corvid"), proposal("Qilan")], NOW)
        await names.decide(tx, "Corvid", NameState.ACCEPTED, NOW)
        await names.decide(tx, "Qilan", NameState.DISMISSED, NOW)
        await names.decide(tx, "Taught", NameState.ACCEPTED, NOW)
        await names.add_proposals(tx, [proposal("Corvid", 9), proposal("Qilan", 9)], NOW)
        assert await names.accepted_names(tx) == ["Corvid", "Taught"]
        assert sorted(await names.decided_names(tx)) == ["Corvid", "Qilan", "Taught"]
        await names.add_proposals(tx, [], NOW)
        assert len(await names.decided_names(tx)) == 3
    assert await proposed(store) == []


async def test_each_is_announced_once(store: Store) -> None:
    async with store.write() as tx:
        await names.add_proposals(tx, [proposal("Corvid"), proposal("Qilan")], NOW)
        await names.mark_names_announced(tx, ["Corvid"], NOW)
        await names.add_proposals(tx, [proposal("Corvid", 9), proposal("Qilan")], NOW)
        assert await names.unannounced_names(tx) == ["Qilan"]
