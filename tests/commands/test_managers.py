"""managers: the role of a server whose members manage it, and what they may not."""

from dataclasses import replace

import pytest

from bot.model import Call, Role
from tests.commands.conftest import PERSON, PLACE, Counter, words_of

EDITORS = Role(id="91", name="editors", rings=False)
SERVER = replace(PLACE, server_address="house")
MEMBER = replace(PERSON, address="mara", name="Mara", manager=False)
EDITOR = replace(MEMBER, roles=frozenset({"5", "91"}))
REFUSED = "ask someone who may manage this place"


@pytest.fixture
async def counter(news: Counter) -> Counter:
    """A place of a server with roles that is posted to."""
    news.world.platform.has_roles, news.world.platform.roles = True, (EDITORS,)
    await said(news, "/subscribe ai 10:00")
    return news


async def said(counter: Counter, text: str, person: object = PERSON) -> str:
    dispatcher = counter.world.house.dispatcher
    call = dispatcher.typed(text, Call("", {}, person, SERVER))  # type: ignore[arg-type]
    assert call is not None
    return words_of((await dispatcher.answer(call)).document)


async def test_members_of_the_role_manage_and_others_do_not(counter: Counter) -> None:
    assert REFUSED in await said(counter, "/schedule 1 09:00", EDITOR)
    assert "Only those with the right" in await said(counter, "/managers")
    assert "Members of @editors manage me" in await said(counter, "/managers @editors")
    assert REFUSED in await said(counter, "/schedule 1 09:00", MEMBER)
    assert "09:00" in await said(counter, "/schedule 1 09:00", EDITOR)
    assert "Members of @editors manage me" in await said(counter, "/managers", EDITOR)


async def test_they_do_not_choose_the_role(counter: Counter) -> None:
    await said(counter, "/managers editors")
    for typed in ("/managers off", "/managers @editors"):
        assert "say which role manages me" in await said(counter, typed, EDITOR)
    assert "manage me here now" in await said(counter, "/managers off")
    assert REFUSED in await said(counter, "/schedule 1 09:00", EDITOR)


async def test_a_role_of_another_server_is_none_here(counter: Counter) -> None:
    await said(counter, "/managers editors")
    dispatcher = counter.world.house.dispatcher
    elsewhere = replace(SERVER, address="other", server_address="another")
    call = dispatcher.typed("/subscribe ai 09:00", Call("", {}, EDITOR, elsewhere))
    assert call is not None
    assert REFUSED in words_of((await dispatcher.answer(call)).document)


async def test_a_role_that_manages_is_given_to_nobody_who_asks(counter: Counter) -> None:
    await said(counter, "/mention editors")
    await said(counter, "/mention open")
    await said(counter, "/managers editors")
    assert "choose a role without rights" in await said(counter, "/notify", MEMBER)
    assert counter.world.platform.roles_of["mara"] == set()
    await said(counter, "/mention closed")
    assert "choose a role without rights" in await said(counter, "/mention open")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("/managers @everyone", "never manages me"), ("/managers @nobody", "There is no role `@nobody`")],
)
async def test_what_is_no_such_role_is_said(counter: Counter, typed: str, answer: str) -> None:
    assert answer in await said(counter, typed)


async def test_a_role_that_is_gone_manages_nobody(counter: Counter) -> None:
    await said(counter, "/managers editors")
    counter.world.platform.roles = ()
    assert "is gone" in await said(counter, "/managers")


async def test_without_roles_it_is_said_who_manages(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    assert "Only servers on Discord have roles" in await news.said("/managers editors")
