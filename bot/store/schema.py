"""The tables. Every time is stored in UTC and comes back aware; every list or mapping is JSON."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime. SQLite forgets zones, so naive values are refused going in and marked UTC coming
    out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the signature is SQLAlchemy's
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a time without a zone cannot be stored: {value!r}"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the signature is SQLAlchemy's
        """Return the time in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Integer, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(128), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
)

servers = Table(
    "servers",
    metadata,
    _id(),
    Column("platform", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("name", Text, nullable=False, default=""),
    Column("once", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("trusted", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("manager_role", String(64), nullable=False, default="", server_default=""),
    UniqueConstraint("platform", "address"),
)

usage = Table(
    "usage",
    metadata,
    Column("server_id", ForeignKey("servers.id"), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

channels = Table(
    "channels",
    metadata,
    _id(),
    Column("platform", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("thread", String(64), nullable=False, default=""),
    Column("server_id", ForeignKey("servers.id"), nullable=False),
    Column("name", Text, nullable=False, default=""),
    Column("kind", String(16), nullable=False),
    Column("language", String(16), nullable=False, default="en"),
    Column("zone", String(64), nullable=False, default="UTC"),
    Column("rights", JSON, nullable=False, default=list),
    Column("bot_link", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False, default="active"),
    Column("state_reason", Text, nullable=False, default=""),
    Column("last_post", String(64), nullable=False, default=""),
    Column("publish_no", Integer, nullable=False, default=0),
    Column("origin", String(16), nullable=False, default="person"),
    Column("quiet_start", String(5), nullable=False, default="", server_default=""),
    Column("quiet_end", String(5), nullable=False, default="", server_default=""),
    Column("quiet_silent", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("quiet_wakes", String(16), nullable=False, default="", server_default=""),
    Column("state_at", Moment),
    Column("retry_at", Moment),
    Column("languages", JSON, nullable=False, default=list, server_default="[]"),
    Column("missing", JSON, nullable=False, default=list, server_default="[]"),
    Column("view_key", String(32), nullable=False, default="", server_default=""),
    Column("paused_at", Moment),
    Column("paused_until", Moment),
    Column("desk", String(64), nullable=False, default="", server_default=""),
    Column("mention", String(64), nullable=False, default="", server_default=""),
    Column("mention_self_assignable", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("look", JSON, nullable=False, default=dict, server_default="{}"),
    UniqueConstraint("platform", "address", "thread"),
)

persons = Table(
    "persons",
    metadata,
    _id(),
    Column("platform", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("name", Text, nullable=False, default=""),
    Column("operator", Boolean, nullable=False, default=False),
    Column("chat", String(64), nullable=False, default="", server_default=""),
    UniqueConstraint("platform", "address"),
)

claims = Table(
    "claims",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("replaces", Boolean, nullable=False, default=False, server_default=text("false")),
)

feeds = Table(
    "feeds",
    metadata,
    _id(),
    Column("url", Text, nullable=False),
    Column("url_key", Text, nullable=False),
    Column("server_id", ForeignKey("servers.id")),
    Column("title", Text, nullable=False, default=""),
    Column("outlet", Text, nullable=False, default=""),
    Column("home", Text, nullable=False, default=""),
    Column("language", String(16), nullable=False, default=""),
    Column("kind", String(32), nullable=False, default="news outlet"),
    Column("weight", Float, nullable=False, default=1.0),
    Column("ai_only", Boolean, nullable=False, default=False),
    Column("origin", String(16), nullable=False, default="person"),
    Column("state", String(16), nullable=False, default="active"),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("body_hash", String(64), nullable=False, default=""),
    Column("next_poll_at", Moment),
    Column("polled_at", Moment),
    Column("ok_at", Moment),
    Column("first_ok_at", Moment),
    Column("failures", Integer, nullable=False, default=0),
    Column("error", Text, nullable=False, default=""),
    Column("failing_since", Moment),
    Column("noticed_at", Moment),
    Column("searched_at", Moment),
    Column("gone_at", Moment),
    Column("moved_to", Text, nullable=False, default="", server_default=""),
    Column("moved_since", Moment),
    Column("moved_seen", Integer, nullable=False, default=0, server_default="0"),
    Column("item_hashes", Text, nullable=False, default="", server_default=""),
    Column("rhythm", Integer, nullable=False, default=0, server_default="0"),
    Column("newest_at", Moment),
    Column("ttl", Integer, nullable=False, default=0, server_default="0"),
    Column("skip_hours", JSON, nullable=False, default=list, server_default="[]"),
    Column("skip_days", JSON, nullable=False, default=list, server_default="[]"),
    Column("former_key", Text, nullable=False, default="", server_default=""),
    Column("hub", Text, nullable=False, default="", server_default=""),
    Column("hub_topic", Text, nullable=False, default="", server_default=""),
    Column("hub_key", String(64), nullable=False, default="", server_default=""),
    Column("hub_secret", String(64), nullable=False, default="", server_default=""),
    Column("hub_asked_at", Moment),
    Column("hub_until", Moment),
    Column("shared", Boolean, nullable=False, default=True, server_default=text("true")),
    Column("added_by", Integer),
    Column("offered_at", Moment),
    Column("format", String(16), nullable=False, default="feed", server_default="feed"),
    Column("poll_minutes", Integer, nullable=False, default=0, server_default="0"),
    Column("reads_pages", Boolean, nullable=False, default=True, server_default=text("true")),
    Column("headers", JSON, nullable=False, default=dict, server_default="{}"),
    Column("proxy", Text, nullable=False, default="", server_default=""),
    Index("ix_feeds_state_next_poll_at", "state", "next_poll_at"),
    Index("ix_feeds_hub_key", "hub_key"),
    Index(
        "uq_feeds_shared_url_key",
        "url_key",
        unique=True,
        sqlite_where=text("server_id IS NULL"),
        postgresql_where=text("server_id IS NULL"),
    ),
    Index(
        "uq_feeds_private_url_key",
        "server_id",
        "url_key",
        unique=True,
        sqlite_where=text("server_id IS NOT NULL"),
        postgresql_where=text("server_id IS NOT NULL"),
    ),
)

feed_servers = Table(
    "feed_servers",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("server_id", ForeignKey("servers.id"), primary_key=True),
    Index("ix_feed_servers_server_id", "server_id"),
)

feed_rules = Table(
    "feed_rules",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("server_id", Integer, primary_key=True, autoincrement=False),
    Column("daily_cap", Integer),
    Column("leads", Boolean),
    Column("for_models", Boolean),
    Index("ix_feed_rules_server_id", "server_id"),
)

stories = Table(
    "stories",
    metadata,
    _id(),
    Column("change_no", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("merged_into", ForeignKey("stories.id")),
    Index("ix_stories_change_no", "change_no", unique=True),
    Index("ix_stories_changed_at_change_no", "changed_at", "change_no"),
    Index("ix_stories_merged_into", "merged_into"),
)

entries = Table(
    "entries",
    metadata,
    _id(),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("alias", String(64), nullable=False),
    Column("link_key", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_kind", String(16), nullable=False),
    Column("language", String(16), nullable=False, default=""),
    Column("author", Text, nullable=False, default=""),
    Column("image", Text, nullable=False, default=""),
    Column("categories", JSON, nullable=False, default=list, server_default="[]"),
    Column("published", Moment, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("read_due_at", Moment),
    Column("read_tries", Integer, nullable=False, default=0),
    Column("wall", String(16), nullable=False, default=""),
    Column("backlog", Boolean, nullable=False, default=False),
    Column("grouped_at", Moment),
    Column("story_id", ForeignKey("stories.id")),
    Column("points", Integer),
    Column("comments", Integer),
    Column("text_cut", Boolean, nullable=False, default=False, server_default=text("false")),
    UniqueConstraint("feed_id", "key"),
    Index("ix_entries_story_id", "story_id"),
    Index("ix_entries_grouped_at_first_seen", "grouped_at", "first_seen"),
    Index("ix_entries_read_due_at", "read_due_at"),
    Index("ix_entries_link_key_feed_id", "link_key", "feed_id"),
    Index("ix_entries_feed_id_alias", "feed_id", "alias"),
    Index("ix_entries_feed_id_published", "feed_id", "published"),
    Index("ix_entries_first_seen_feed_id", "first_seen", "feed_id"),
    Index("ix_entries_published", "published"),
    Index(
        "ix_entries_without_link_key",
        "feed_id",
        sqlite_where=text("link_key = ''"),
        postgresql_where=text("link_key = ''"),
    ),
    Index(
        "ix_entries_whole_text",
        "first_seen",
        sqlite_where=text("text_cut IS 0"),
        postgresql_where=text("text_cut IS false"),
    ),
)

gone_keys = Table(
    "gone_keys",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("digest", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

entry_versions = Table(
    "entry_versions",
    metadata,
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("change", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_entry_versions_change_at", "change", "at"),
)

placements = Table(
    "placements",
    metadata,
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
    Column("score", Float, nullable=False),
    Column("reason", String(64), nullable=False),
)

related_stories = Table(
    "related_stories",
    metadata,
    Column("first_id", ForeignKey("stories.id"), primary_key=True),
    Column("second_id", ForeignKey("stories.id"), primary_key=True),
    Column("likeness", Float, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_related_stories_second_id", "second_id"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("rules", String(64), nullable=False),
    Column("relevant", Boolean, nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Text, nullable=False),
)

frequencies = Table(
    "frequencies",
    metadata,
    Column("term", String(64), primary_key=True),
    Column("documents", Integer, nullable=False),
)

own_topics = Table(
    "own_topics",
    metadata,
    Column("server_id", ForeignKey("servers.id"), primary_key=True),
    Column("name_key", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("within", String(64), nullable=False),
    Column("terms", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    _id(),
    Column("channel_id", ForeignKey("channels.id"), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("feed_ids", JSON, nullable=False, default=list),
    Column("times", JSON, nullable=False, default=list),
    Column("days", JSON, nullable=False, default=list),
    Column("month_days", JSON, nullable=False, default=list, server_default="[]"),
    Column("weeks", JSON, nullable=False, default=list, server_default="[]"),
    Column("instant", Boolean, nullable=False, default=False),
    Column("size", Integer, nullable=False, default=5),
    Column("length", String(16), nullable=False, default="line"),
    Column("read_up_to", Integer, nullable=False, default=0),
    Column("instant_up_to", Integer, nullable=False, default=0),
    Column("next_slot_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("origin", String(16), nullable=False, default="person"),
    Column("bar", String(16), nullable=False, default="everything", server_default="everything"),
    Column("missed", String(16), nullable=False, default="merge", server_default="merge"),
    Column("rests_until", Moment),
    Column("recap", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("filter", Text, nullable=False, default="", server_default=""),
    Column("own_topic", String(64), nullable=False, default="", server_default=""),
    Column("own_topic_key", String(64), nullable=False, default="", server_default=""),
    Column("topic_terms", Text, nullable=False, default="", server_default=""),
    Column("name", String(32), nullable=False, default="", server_default=""),
    Column("posts_per_hour", Integer, nullable=False, default=0, server_default="0"),
    Column("posts_per_day", Integer, nullable=False, default=0, server_default="0"),
    Column("feed_cap", Integer, nullable=False, default=0, server_default="0"),
    Column("config_key", String(128)),
    Column("state", String(16), nullable=False, default="active"),
    UniqueConstraint("config_key"),
    Index("ix_subscriptions_state_next_slot_at", "state", "next_slot_at"),
    Index("ix_subscriptions_channel_id", "channel_id"),
)

slots = Table(
    "slots",
    metadata,
    _id(),
    Column("subscription_id", ForeignKey("subscriptions.id"), nullable=False),
    Column("slot_at", Moment, nullable=False),
    Column("from_change", Integer, nullable=False),
    Column("to_change", Integer, nullable=False),
    Column("rules", String(64), nullable=False),
    Column("told", JSON, nullable=False),
    Column("listed", JSON, nullable=False),
    Column("skipped", JSON, nullable=False),
    Column("bar", String(16), nullable=False, default="everything", server_default="everything"),
    Column("published_at", Moment, nullable=False),
    UniqueConstraint("subscription_id", "slot_at"),
)

capped_stories = Table(
    "capped",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("reason", String(32), nullable=False),
)

operations = Table(
    "operations",
    metadata,
    _id(),
    Column("channel_id", ForeignKey("channels.id"), nullable=False),
    Column("intent", String(200), nullable=False, unique=True),
    Column("nonce", String(25), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("reply_to", ForeignKey("operations.id")),
    Column("state", String(16), nullable=False),
    Column("cause", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment),
    Column("not_after", Moment, nullable=False),
    Column("sending_at", Moment),
    Column("done_at", Moment),
    Column("carries", JSON, nullable=False, default=list, server_default="[]"),
    Column("post", String(64), nullable=False, default=""),
    Column("purpose", String(16), nullable=False, server_default="notice"),
    Column("subject_id", Integer),
    Column("part", Integer, nullable=False, default=1, server_default="1"),
    Column("document_id", ForeignKey("operations.id")),
    Column("priority", Integer, nullable=False, default=0, server_default="0"),
    Index("ix_operations_channel_id_state", "channel_id", "state"),
    Index("ix_operations_document_id", "document_id"),
    Index("ix_operations_purpose_subject_id", "purpose", "subject_id"),
    Index("ix_operations_state_not_before", "state", "not_before"),
)

told_marks = Table(
    "told",
    metadata,
    Column("channel_id", ForeignKey("channels.id"), primary_key=True),
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("told_at", Moment, nullable=False),
    Column("entry_ids", JSON, nullable=False),
    Column("versions", JSON, nullable=False, default=dict),
    Column("said", Text, nullable=False),
    Column("operation_id", ForeignKey("operations.id")),
    Column("kind", String(16), nullable=False, server_default="told"),
    Index("ix_told_channel_id_told_at", "channel_id", "told_at"),
    Index("ix_told_operation_id", "operation_id"),
    Index("ix_told_story_id", "story_id"),
    Index(
        "ix_told_with_text",
        "told_at",
        sqlite_where=text("said != ''"),
        postgresql_where=text("said != ''"),
    ),
)

names = Table(
    "names",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("documents", Integer, nullable=False, default=0),
    Column("outlets", Integer, nullable=False, default=0),
    Column("days", Integer, nullable=False, default=0),
    Column("elsewhere", Integer, nullable=False, default=0),
    Column("example", Text, nullable=False, default=""),
    Column("at", Moment, nullable=False),
    Column("offered_at", Moment),
)

compositions = Table(
    "composed",
    metadata,
    Column("operation_id", ForeignKey("operations.id"), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("lengths", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_composed_at", "at"),
)

composed_entries = Table(
    "composed_entries",
    metadata,
    Column("operation_id", ForeignKey("composed.operation_id"), primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
    Column("story_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_composed_entries_entry_id", "entry_id"),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    Column("platform", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("thread", String(64), nullable=False, default=""),
    Column("at", Moment, nullable=False),
    Column("post", String(64)),
    Column("closed_at", Moment),
    Index("ix_answers_platform_address", "platform", "address"),
)

seen_lists = Table(
    "seen",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("thread", String(64), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("stories", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)

saved_stories = Table(
    "saved_stories",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("story_id", Integer, primary_key=True, autoincrement=False),
    Column("headline", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Index("ix_saved_stories_story_id", "story_id"),
)

catch_ups = Table(
    "catch_ups",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("channel_id", Integer, ForeignKey("channels.id"), primary_key=True),
    Column("caught_up_at", Moment, nullable=False),
)

reader_languages = Table(
    "reader_languages",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("language", String(16), nullable=False),
)

mutes = Table(
    "mutes",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("term", String(100), primary_key=True),
    Column("muted_at", Moment, nullable=False),
)

follows = Table(
    "follows",
    metadata,
    _id(),
    Column("platform", String(16), nullable=False),
    Column("person", String(64), nullable=False),
    Column("channel_id", ForeignKey("channels.id"), nullable=False),
    Column("story_id", Integer, nullable=False),
    Column("change_no", Integer, nullable=False),
    Column("headline", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("followed_at", Moment, nullable=False),
    UniqueConstraint("platform", "person", "story_id"),
    Index("ix_follows_story_id", "story_id"),
)

calls = Table(
    "calls",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("command", String(32), nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    _id(),
    Column("day", String(10), nullable=False),
    Column("server_id", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("money", BigInteger, nullable=False),
    Column("settled", Boolean, nullable=False, default=False),
    Column("at", Moment, nullable=False),
    Index("ix_spending_day", "day"),
)

cached_summaries = Table(
    "written",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("story_id", Integer, nullable=False),
    Column("language", String(16), nullable=False),
    Column("length", String(16), nullable=False),
    Column("model", Text, nullable=False),
    Column("sentences", JSON, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("sent", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_written_story_id", "story_id"),
    Index("ix_written_at", "at"),
)
