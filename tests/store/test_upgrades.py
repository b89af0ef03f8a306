"""Databases of earlier schemas keep working: what their rows said in strings stands in columns afterwards."""

from dataclasses import replace
from typing import Any

from sqlalchemy import MetaData, inspect, select, text

from bot.model import (
    FeedRules,
    FollowedStory,
    Length,
    Look,
    MarkKind,
    OwnTopic,
    Pause,
    Person,
    Purpose,
    Reason,
    ReasonCode,
    RelatedStories,
    SavedStory,
)
from bot.store import (
    Store,
    Tx,
    entries,
    feed_rules,
    feeds,
    gone_keys,
    open_store,
    outbox,
    own_topics,
    places,
    posted_documents,
    reader_choices,
    readers,
    retention,
    sagas,
    stories,
    subscriptions,
)
from bot.store.schema import operations
from tests.store.conftest import NOW, keys, later

SERVER = {"id": 1, "platform": "telegram", "address": "-1", "name": ""}
CHANNEL = {
    "id": 3,
    "platform": "telegram",
    "address": "-1",
    "thread": "",
    "server_id": 1,
    "name": "",
    "kind": "group",
    "language": "en",
    "zone": "UTC",
    "rights": [],
    "bot_link": "",
    "state": "active",
    "state_reason": "",
    "last_post": "",
    "publish_no": 0,
    "origin": "person",
}
LONG = 2**31 - 1
INTENTS = {
    1: "digest:7:20260302T090000Z:1",
    2: "digest:7:20260302T090000Z:2",
    3: "digest:71:20260302T090000Z:1",
    4: "story:3:41:112:1",
    5: "story:3:41:112:2",
    6: "night:8:20260302T070000Z:1",
    7: "recap:9:20260301T090000Z:1",
    8: "catchup:3:6:1",
    9: "notice:3:server:1:failing:12:202603020900:1",
    10: "notice:3:down:telegram:20260302:1",
    11: "notice:3:budget:2026-03:80:1",
    12: "edit:1:2:55.2",
    13: "instead:edit:1:2:55.2",
    14: "instead:edit:1:2:55.2:2",
    15: "correction:1:56.3",
    16: "correction:1:56.3:2",
    17: f"retraction:4:{LONG}.2",
    18: "something else",
    19: "lost list:3:12:202603020900:1",
    20: "lost list:3:12:202603020900:2",
}
EXPECTED = {
    1: (Purpose.DIGEST, 7, 1, None, 0),
    2: (Purpose.DIGEST, 7, 2, 1, 0),
    3: (Purpose.DIGEST, 71, 1, None, 0),
    4: (Purpose.STORY, 41, 1, None, 1),
    5: (Purpose.STORY, 41, 2, 4, 1),
    6: (Purpose.NIGHT, 8, 1, None, 0),
    7: (Purpose.RECAP, 9, 1, None, 0),
    8: (Purpose.CATCHUP, None, 1, None, 0),
    9: (Purpose.NOTICE, 1, 1, None, 0),
    10: (Purpose.NOTICE, None, 1, None, 0),
    11: (Purpose.NOTICE, None, 1, None, 0),
    12: (Purpose.EDIT, 55, 2, 1, 0),
    13: (Purpose.INSTEAD, 12, 1, None, 0),
    14: (Purpose.INSTEAD, 12, 2, 13, 0),
    15: (Purpose.CORRECTION, 56, 1, None, 0),
    16: (Purpose.CORRECTION, 56, 2, 15, 0),
    17: (Purpose.RETRACTION, LONG, 1, None, 0),
    18: (Purpose.NOTICE, None, 1, None, 0),
    19: (Purpose.LOST_LIST, 12, 1, None, 0),
    20: (Purpose.LOST_LIST, 12, 2, 19, 0),
}


async def fill(tx: Tx, table: str, *rows: dict[str, Any]) -> None:
    """Write rows into a table as it stands in a database of any schema."""
    reflection = MetaData()
    await tx.run_sync(lambda connection: reflection.reflect(connection, only=[table]))
    await tx.execute(reflection.tables[table].insert(), list(rows))


def operation(number: int, intent: str, **values: Any) -> dict[str, Any]:
    return {
        "id": number,
        "channel_id": 3,
        "intent": intent,
        "nonce": f"n{number}",
        "kind": "send",
        "payload": {},
        "state": "queued",
        "cause": "",
        "attempts": 0,
        "created_at": NOW,
        "not_after": later(hours=6),
        "carries": [],
        "post": "",
        **values,
    }


async def upgraded(address: str, schema: str, **tables: list[dict[str, Any]]) -> Store:
    """Open a database of an earlier schema with some rows."""
    old = await open_store(address, to=schema)
    async with old.write() as tx:
        await fill(tx, "servers", SERVER)
        await fill(tx, "channels", CHANNEL)
        for table, rows in tables.items():
            await fill(tx, table, *rows)
    await old.close()
    store = await open_store(address)
    if not store.is_sqlite:
        async with store.write() as tx:
            # Of a table that is known to have one row PostgreSQL takes any index, and walks through it.
            await tx.execute(text("UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relkind = 'r'"))
    return store


async def test_operations_say_in_columns_what_their_intents_said(empty_database: str) -> None:
    rows = [operation(number, intent) for number, intent in INTENTS.items()]
    rows[11]["kind"] = "edit"
    store = await upgraded(empty_database, "0011", operations=rows)
    columns = ("id", "purpose", "subject_id", "part", "document_id", "priority")
    async with store.read() as tx:
        found = await tx.execute(select(*(operations.c[name] for name in columns)))
        assert {row[0]: (Purpose(row[1]), *row[2:]) for row in found} == EXPECTED
    await store.close()


async def test_operations_of_an_earlier_schema_are_found_by_what_they_are(empty_database: str) -> None:
    rows = [operation(number, intent) for number, intent in INTENTS.items()]
    for row in rows:
        row["carries"] = [[41, []]] if row["id"] in (1, 3, 4, 6) else []
        row["reply_to"] = 1 if row["id"] == 13 else None
    rows[11] |= {"kind": "edit", "state": "refused"}
    composed = {"operation_id": 1, "document": {"blocks": [], "language": "en"}, "lengths": {}, "at": NOW}
    store = await upgraded(empty_database, "0011", operations=rows, composed=[composed])
    async with store.read() as tx:
        document = await posted_documents.get(tx, 1)
        waiting = await outbox.waiting_documents(tx, 3)
        notices = await outbox.count_notices(tx, 3, NOW, 1)
        assert await subscriptions.instant_posts_since(tx, 3, NOW) == [NOW]
        assert await outbox.due_channels(tx, ["telegram"], NOW) == [3]
        assert await posted_documents.refused_edits(tx, NOW, "gone", 9) == []
    assert document is not None
    assert [part.id for part in document.parts] == [1, 2]
    assert waiting is not None
    assert [one.operations for one in waiting] == [(1, 2), (3,), (4, 5), (6,)]
    assert notices == outbox.NoticeCounts(4, 1, 1)
    await store.close()


async def test_marks_that_say_nothing_become_pointers(empty_database: str) -> None:
    stories = [{"id": n, "change_no": n, "created_at": NOW, "changed_at": NOW} for n in (1, 2)]
    mark = {"channel_id": 3, "told_at": NOW, "entry_ids": [5], "versions": {"5": 2}}
    marks = [{**mark, "story_id": 1, "said": "Corvid 3"}, {**mark, "story_id": 2, "said": ""}]
    store = await upgraded(empty_database, "0012", stories=stories, told=marks)
    async with store.read() as tx:
        found = await subscriptions.marks_in(tx, 3, [1, 2])
    assert {story: mark.kind for story, mark in found.items()} == {1: MarkKind.TOLD, 2: MarkKind.POINTED}
    assert found[1].versions == {5: 2}
    await store.close()


async def test_reasons_that_were_kept_as_strings_are_read(empty_database: str) -> None:
    subscription = {
        "id": 7,
        "channel_id": 3,
        "topic": "ai",
        "feed_ids": [],
        "times": [],
        "days": [],
        "instant": False,
        "size": 5,
        "length": "line",
        "read_up_to": 0,
        "instant_up_to": 0,
        "created_at": NOW,
        "origin": "person",
        "state": "active",
    }
    slot = {
        "id": 40,
        "subscription_id": 7,
        "slot_at": NOW,
        "from_change": 1,
        "to_change": 9,
        "rules": "r",
        "told": [1],
        "listed": [],
        "skipped": [[2, "below-bar 1.15"], [3, "foreign it"], [4, "old"], [5, "nothing-new"]],
        "bar": "notable",
        "published_at": NOW,
    }
    store = await upgraded(empty_database, "0013", subscriptions=[subscription], slots=[slot])
    skipped = (
        (2, Reason(ReasonCode.BELOW_BAR, {"weight": 1.15, "bar": "notable"})),
        (3, Reason(ReasonCode.FOREIGN, {"language": "it"})),
        (4, Reason(ReasonCode.OLD)),
        (5, Reason(ReasonCode.NOTHING_NEW)),
    )
    async with store.write() as tx:
        (found,) = await subscriptions.slots_of(tx, 7, NOW)
        assert found.skipped == skipped
        again = replace(found, slot_at=later(hours=1))
        await subscriptions.record_slot(tx, again, NOW)
        assert await subscriptions.slots_of(tx, 7, NOW) == [again, found]
    await store.close()


async def test_a_refused_edit_of_an_earlier_schema_is_answered_still(empty_database: str) -> None:
    rows = [operation(1, INTENTS[1]), operation(2, INTENTS[2])]
    rows += [operation(12, INTENTS[12], kind="edit", state="refused", cause="no right")]
    store = await upgraded(empty_database, "0011", operations=rows)
    async with store.read() as tx:
        assert await posted_documents.refused_edits(tx, NOW, "gone", 9) == [12]
        edit = await outbox.get(tx, 12)
    assert edit is not None
    assert (edit.document_id, edit.subject_id, edit.part) == (1, 55, 2)
    await store.close()


async def test_an_older_database_learns_to_relate_stories(empty_database: str) -> None:
    stories = [{"id": n, "change_no": n, "created_at": NOW, "changed_at": NOW} for n in (1, 2)]
    store = await upgraded(empty_database, "0013", stories=stories)
    async with store.write() as tx:
        assert await sagas.related_to(tx, [1, 2]) == []
        await sagas.relate(tx, {1: {2: 0.4}}, NOW)
        assert await sagas.related_to(tx, [2]) == [RelatedStories(1, 2, 0.4)]
    await store.close()


async def test_of_channels_that_were_there_nobody_knows_who_brought_us_in(empty_database: str) -> None:
    store = await upgraded(empty_database, "0014")
    async with store.write() as tx:
        found = await places.channel(tx, 3)
        assert found is not None
        assert found.desk == ""
        await places.set_values(tx, 3, desk="7")
        again = await places.channel(tx, 3)
    assert again == replace(found, desk="7")
    await store.close()


async def test_channels_of_an_earlier_schema_are_paused_by_nobody(empty_database: str) -> None:
    store = await upgraded(empty_database, "0015")
    async with store.write() as tx:
        before = await places.channel(tx, 3)
        await places.set_pause(tx, 3, Pause(NOW))
        after = await places.channel(tx, 3)
    assert before is not None
    assert before.pause is None
    assert after is not None
    assert after.pause == Pause(NOW)
    await store.close()


async def test_subscriptions_of_an_earlier_schema_have_no_filter(empty_database: str) -> None:
    subscription = {
        "id": 7, "channel_id": 3, "topic": "ai", "feed_ids": [], "times": [], "days": [], "instant": False, "size": 5,
        "length": "line", "read_up_to": 0, "instant_up_to": 0, "created_at": NOW, "origin": "person", "state": "active",
    }  # fmt: skip
    store = await upgraded(empty_database, "0017", subscriptions=[subscription])
    async with store.write() as tx:
        before = await subscriptions.get(tx, 7)
        await subscriptions.set_filter(tx, 7, "-crypto")
        after = await subscriptions.get(tx, 7)
    assert before is not None
    assert before.filter == ""
    assert after is not None
    assert after.filter == "-crypto"
    await store.close()


async def test_in_a_database_of_an_earlier_schema_readers_keep_stories_and_catch_up(
    empty_database: str,
) -> None:
    person = Person(platform="telegram", address="7")
    story = SavedStory(story_id=5, headline="H", link="https://a.example", outlet="A", saved_at=NOW)
    store = await upgraded(empty_database, "0018")
    async with store.write() as tx:
        assert await readers.saved_by(tx, person) == []
        assert await readers.caught_up_at(tx, person, 3) is None
        assert await readers.save_story(tx, person, story)
        assert not await readers.save_story(tx, person, story)
        await readers.catch_up(tx, person, 3, NOW)
        await readers.catch_up(tx, person, 3, later(minutes=5))
    async with store.read() as tx:
        assert await readers.saved_by(tx, person) == [story]
        assert await readers.caught_up_at(tx, person, 3) == later(minutes=5)
    await store.close()


async def test_an_older_database_gets_the_indices_of_what_grows(empty_database: str) -> None:
    story = {"id": 41, "change_no": 7, "created_at": NOW, "changed_at": NOW, "merged_into": None}
    gone = {**story, "id": 40, "change_no": 5, "merged_into": 41}
    mark = {
        "channel_id": 3,
        "story_id": 41,
        "told_at": NOW,
        "entry_ids": [],
        "versions": {},
        "said": "x",
        "kind": "told",
    }
    store = await upgraded(empty_database, "0019", stories=[story, gone], told=[mark])
    async with store.read() as tx:
        assert sorted(await stories.names_of(tx, 41)) == [40, 41]
        assert [told.story_id for told in await subscriptions.told_since(tx, 3, NOW)] == [41]
        indices = await tx.run_sync(lambda connection: inspect(connection).get_indexes("told"))
    assert {index["name"] for index in indices} >= {"ix_told_story_id", "ix_told_operation_id"}
    await store.close()


async def test_entries_of_an_earlier_schema_have_no_points(empty_database: str) -> None:
    feed = {
        "id": 2, "url": "https://owl.example/f", "url_key": "owl.example/f", "title": "Owl", "outlet": "Owl", "home": "", "language": "en", "kind": "news outlet",
        "weight": 1.0, "ai_only": False, "origin": "config", "state": "active", "etag": "", "last_modified": "", "body_hash": "", "failures": 0, "error": "",
    }  # fmt: skip
    entry = {
        "id": 4, "feed_id": 2, "key": "k", "alias": "", "link_key": "", "title": "Owls", "link": "https://owl.example/1", "text": "", "text_kind": "feed", "language": "en", "author": "",
        "image": "", "published": NOW, "first_seen": NOW, "content_hash": "h", "version": 1, "read_tries": 0, "wall": "", "backlog": False,
    }  # fmt: skip
    store = await upgraded(empty_database, "0020", feeds=[feed], entries=[entry])
    async with store.write() as tx:
        before = await entries.get(tx, 4)
        await entries.set_counts(tx, {4: (42, 30)})
        after = await entries.get(tx, 4)
    assert before is not None
    assert (before.points, before.comments) == (None, None)
    assert after is not None
    assert (after.points, after.comments) == (42, 30)
    await store.close()


async def test_in_a_database_of_an_earlier_schema_no_text_is_cut_and_no_entry_gone(
    empty_database: str,
) -> None:
    feed = {
        "id": 2, "url": "https://owl.example/f", "url_key": "owl.example/f", "title": "Owl", "outlet": "Owl", "home": "", "language": "en", "kind": "news outlet",
        "weight": 1.0, "ai_only": False, "origin": "config", "state": "active", "etag": "", "last_modified": "", "body_hash": "", "failures": 0, "error": "",
    }  # fmt: skip
    entry = {
        "id": 4, "feed_id": 2, "key": "k", "alias": "", "link_key": "", "title": "Owls", "link": "https://owl.example/1", "text": "Owls. " * 900, "text_kind": "feed", "language": "en", "author": "",
        "image": "", "published": NOW, "first_seen": NOW, "content_hash": "h", "version": 1, "read_tries": 0, "wall": "", "backlog": False,
    }  # fmt: skip
    entry |= {"backlog": False, "grouped_at": NOW}
    store = await upgraded(empty_database, "0021", feeds=[feed], entries=[entry])
    async with store.write() as tx:
        known = (await entries.find_known(tx, {2: [keys("k")]}))[2][0]
        assert not known.is_cut
        assert await gone_keys.find(tx, {2: [(keys("k"), "Owls")]}) == {2: set()}
        assert await retention.cut_texts(tx, later(days=1), 10) == 1
        cut = (await entries.find_known(tx, {2: [keys("k")]}))[2][0]
        await gone_keys.add(tx, [(2, cut.keys, cut.title)])
        assert await gone_keys.find(tx, {2: [(keys("k"), "Owls")]}) == {2: {keys("k")}}
    assert (cut.is_cut, len(cut.text)) == (True, retention.KEPT_OPENING)
    await store.close()


async def test_feeds_of_an_earlier_schema_are_read_as_ever(empty_database: str) -> None:
    feed = {
        "id": 2, "url": "https://owl.example/f", "url_key": "owl.example/f", "title": "Owl", "outlet": "Owl", "home": "", "language": "en", "kind": "news outlet",
        "weight": 1.0, "ai_only": False, "origin": "config", "state": "active", "etag": "", "last_modified": "", "body_hash": "", "failures": 0, "error": "",
    }  # fmt: skip
    store = await upgraded(empty_database, "0022", feeds=[feed])
    async with store.write() as tx:
        before = await feeds.get(tx, 2)
        await feed_rules.set_rule(tx, 2, 5, leads=False)
        await feed_rules.set_rule(tx, 2, 5, daily_cap=3)
        (after,) = await feeds.visible(tx, 5)
    assert before is not None
    assert (before.poll_minutes, before.reads_pages, before.headers, before.proxy) == (0, True, {}, "")
    assert before.rules == FeedRules()
    assert after.rules == FeedRules(daily_cap=3, leads=False)
    await store.close()


async def test_subscriptions_of_an_earlier_schema_are_to_no_topic_of_a_server(empty_database: str) -> None:
    subscription = {
        "id": 7, "channel_id": 3, "topic": "ai", "feed_ids": [], "times": ["08:00"], "days": [0], "instant": False, "size": 5, "length": "line",
        "read_up_to": 0, "instant_up_to": 0, "created_at": NOW, "origin": "person", "filter": "-crypto", "state": "active",
    }  # fmt: skip
    store = await upgraded(empty_database, "0023", subscriptions=[subscription])
    async with store.write() as tx:
        before = await subscriptions.get(tx, 7)
        assert before is not None
        topic = OwnTopic("voices", "ai", "deepfake")
        assert await own_topics.keep(tx, 1, "voices", topic, NOW) == 0
        await subscriptions.set_rules(tx, replace(before, own_topic="voices", topic_terms="deepfake"))
        assert await own_topics.keep(tx, 1, "voices", replace(topic, terms="robot"), NOW) == 1
        after = await subscriptions.get(tx, 7)
        assert await own_topics.of_server(tx, 1) == [replace(topic, terms="robot")]
        assert await own_topics.of_server(tx, 2) == []
    assert (before.own_topic, before.topic_terms, before.filter) == ("", "", "-crypto")
    assert after is not None
    assert (after.own_topic, after.topic_terms, after.filter) == ("voices", "robot", "-crypto")
    await store.close()


async def test_subscriptions_of_an_earlier_schema_have_no_name_and_no_limits(empty_database: str) -> None:
    subscription = {
        "id": 7, "channel_id": 3, "topic": "ai", "feed_ids": [], "times": ["08:00"], "days": [0], "instant": False, "size": 5, "length": "line",
        "read_up_to": 0, "instant_up_to": 0, "created_at": NOW, "origin": "person", "filter": "-crypto", "state": "active",
    }  # fmt: skip
    store = await upgraded(empty_database, "0025", subscriptions=[subscription])
    async with store.write() as tx:
        before = await subscriptions.get(tx, 7)
        assert before is not None
        await subscriptions.set_rules(tx, replace(before, name="papers", posts_per_hour=1, feed_cap=2))
        after = await subscriptions.get(tx, 7)
    assert (before.name, before.posts_per_hour, before.posts_per_day, before.feed_cap) == ("", 0, 0, 0)
    assert after is not None
    assert (after.name, after.posts_per_hour, after.feed_cap, after.filter) == ("papers", 1, 2, "-crypto")
    await store.close()


async def test_readers_of_an_earlier_schema_have_chosen_nothing(empty_database: str) -> None:
    store = await upgraded(empty_database, "0025")
    ann = Person(platform="telegram", address="9")
    story = FollowedStory(story_id=4, change_no=1, channel_id=3, headline="Owls", link="", followed_at=NOW)
    async with store.write() as tx:
        assert await reader_choices.count_choices(tx, ann) == 0
        assert (await places.channel(tx, 3) or CHANNEL).look == Look()  # type: ignore[union-attr]
        await places.set_look(tx, 3, Look(length=Length.SHORT, footer="Ours", counts=False))
        changed = await places.channel(tx, 3)
        assert changed is not None
        assert changed.look == Look(length=Length.SHORT, footer="Ours", counts=False)
        await reader_choices.choose_language(tx, ann, "it")
        await reader_choices.choose_language(tx, ann, "de")
        await reader_choices.mute(tx, ann, "crypto", NOW)
        assert await reader_choices.follow(tx, ann, story)
        assert not await reader_choices.follow(tx, ann, story)
        assert await reader_choices.language_of(tx, ann) == "de"
        assert await reader_choices.muted_by(tx, ann) == ["crypto"]
        assert [one.headline for one in await reader_choices.followed_by(tx, ann)] == ["Owls"]
        await reader_choices.forget_choices(tx, ann, "9")
        assert await reader_choices.count_choices(tx, ann) == 0
    await store.close()
