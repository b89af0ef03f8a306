"""Environment and files become settings, or every problem at once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.errors import SettingsError, StoreError
from bot.feeds.opml import read_opml
from bot.ports import ModelOptions
from bot.settings import Environment, Settings, load, shipped_folder
from bot.store import open_store

CONFIG = Path(__file__).parents[1] / "config"
OPML = '<opml version="2.0"><body><outline type="rss" text="Mine" xmlUrl="https://mine.example/feed"/></body></opml>'


def loaded(data: Path, **environment: Any) -> Settings:
    return load(
        read_opml,
        Environment.model_construct(strillone_config=str(CONFIG), strillone_data=str(data), **environment),
    )


def problems(data: Path, toml: str = "", **files: str) -> tuple[str, ...]:
    if toml:
        (data / "strillone.toml").write_text(toml, encoding="utf-8")
    for name, text in files.items():
        (data / name.replace("_", ".")).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        loaded(data)
    return caught.value.problems


def test_the_shipped_files_load_without_any_problem(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert len(settings.outlines) > 50
    assert {"ai", "robotics", "chips"} <= set(settings.rules.topics)
    assert settings.frequencies.documents > 1000
    assert settings.database == f"sqlite:///{tmp_path}/strillone.db"


def test_an_operators_keys_override_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "strillone.toml").write_text('zone = "Europe/Rome"\n[fetch]\nconcurrency = 7\n')
    file = loaded(tmp_path).file
    assert (file.zone, file.fetch.concurrency, file.fetch.shortest_poll_minutes, file.language) == (
        "Europe/Rome",
        7,
        10,
        "en",
    )


def test_an_operators_words_are_added_to_the_shipped_ones(tmp_path: Path) -> None:
    from bot.pipeline.relevance.judge import judge

    (tmp_path / "topics.toml").write_text(
        '[ai]\nwords = ["zorblatt"]\n[owls]\ntitle = "Owls"\nwords = ["owl"]\n'
    )
    settings, shipped = loaded(tmp_path), loaded(tmp_path / "nothing")
    assert judge(settings.rules, "ai", "Zorblatt arrives", "").relevant
    assert judge(settings.rules, "ai", "Machine learning arrives", "").relevant
    assert judge(settings.rules, "owls", "An owl sings", "").relevant
    assert settings.rules.hash != shipped.rules.hash


def test_an_operators_feeds_replace_the_list(tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_text(OPML)
    assert [o.url for o in loaded(tmp_path).outlines] == ["https://mine.example/feed"]


def test_every_problem_is_named_at_once_with_file_and_key(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        'langauge = "it"\nzone = "Europe/Roma"\nlanguage = "xx"\n[fetch]\nconcurrency = 0\n[web]\nport = 99999\n[delivery]\nuncertain = "perhaps"\n'
        '[[channels]]\nplatform = "telegram"\naddress = "@a"\nkind = "broadcast"\nsubscriptions = [{ topic = "ai", schedule = "noonish" }]\n',
        topics_toml="not = = toml",
    )
    said = "\n".join(found)
    own = str(tmp_path / "strillone.toml")
    assert f"{own}: langauge: there is no such key; did you mean language?" in said
    assert f"{own}: zone: `Europe/Roma` is not a time zone; did you mean Europe/Rome?" in said
    assert f"{own}: language: `xx` is not one of en, de" in said
    assert f"{own}: fetch.concurrency: `0`" in said
    assert "web.port: `99999`" in said
    assert "delivery.uncertain: `perhaps`" in said
    assert "channels[1].subscriptions[1].schedule: `noonish`" in said
    assert "`noonish` is not a time or a day" in said
    assert f"{tmp_path / 'topics.toml'}: not readable as TOML" in said
    assert len(found) == 8


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[fetch]\nconcurency = 5", "fetch.concurency: there is no such key; did you mean concurrency?"),
        (
            "[digest]\nhorizon_hour = 5",
            "digest.horizon_hour: there is no such key; did you mean horizon_hours?",
        ),
        (
            "[delivery]\nuncertian = 'hold'",
            "delivery.uncertian: there is no such key; did you mean uncertain?",
        ),
        ("[breaking]\nper_hours = 3", "breaking.per_hours: there is no such key; did you mean per_hour?"),
        ("[breaking]\nper_day = -1", "breaking.per_day: `-1` should be greater than or equal to 0"),
        (
            "[keep]\ntexts_days = 7",
            "keep.texts_days: `7` is too short: digests, corrections and /why look back for up to 30 days. "
            "Write 30 or more, or 0 to keep them for ever",
        ),
        ("[keep]\nentry_days = 90", "keep.entry_days: there is no such key; did you mean entries_days?"),
        ("[keep]\nposts_days = -1", "keep.posts_days: `-1` should be greater than or equal to 0"),
        ("[web]\nprot = 5", "web.prot: there is no such key; did you mean port?"),
        ("xyzzy = 1", "xyzzy: there is no such key."),
        ('[[channels]]\nplatform = "telegram"', "channels[1].address: this key is missing."),
        ('zone = ""', "zone: `` is not a time zone"),
        ('[[channels]]\nplatform = "telegram"\naddress = "a"\nkind = "tent"', "channels[1].kind: `tent`"),
        (
            '[[channels]]\nplatform = "web"\naddress = "a"\nkind = "page"\nlanguage = "klingon"',
            "channels[1].language: `klingon` is not one of",
        ),
        (
            '[[channels]]\nplatform = "web"\naddress = "a"\nkind = "page"\nzone = "Mars"',
            "channels[1].zone: `Mars` is not a time zone",
        ),
        ("channels = 5", "channels: `5`"),
        ("[[channels]", "not readable as TOML"),
        (
            '[[channels]]\nplatform = "web"\naddress = "a"\nkind = "page"\nsubscriptions = [{ topic = "cats" }]',
            "the topic `cats` of a is not one of ai,",
        ),
    ],
)
def test_a_mistake_is_named_with_what_is_right(tmp_path: Path, toml: str, said: str) -> None:
    (found,) = (
        problems(tmp_path, toml)
        if "address = " in toml or "telegram" not in toml
        else (problems(tmp_path, toml)[0],)
    )
    assert said in found


def test_an_unreadable_list_of_feeds_is_a_problem(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, feeds_opml="<opml><body><outline")
    assert str(tmp_path / "feeds.opml") in found
    (tmp_path / "feeds.opml").write_bytes(b"\xff\xfe\xff")
    assert "not UTF-8" in problems(tmp_path)[0]


def test_a_channel_may_be_named_by_a_number(tmp_path: Path) -> None:
    (tmp_path / "strillone.toml").write_text(
        '[[channels]]\nplatform = "telegram"\naddress = -1001234\nkind = "group"\nthread = 7\n'
    )
    (channel,) = loaded(tmp_path).file.channels
    assert (channel.address, channel.thread) == ("-1001234", "7")


def test_a_problem_in_a_channel_of_the_operator_names_the_operators_file(tmp_path: Path) -> None:
    (found,) = problems(
        tmp_path, '[[channels]]\nplatform = "web"\naddress = "a"\nkind = "page"\nzone = "Mars"'
    )
    assert found.startswith(str(tmp_path / "strillone.toml"))


def test_the_environment_gives_secrets_that_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret-token-1")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret-word@h/d")
    environment = Environment()
    assert environment.of_platforms["DISCORD_TOKEN"].get_secret_value() == "secret-token-1"
    assert "secret" not in repr(environment)
    assert "TELEGRAM_TOKEN" not in environment.of_platforms


def test_a_database_address_comes_before_the_file(tmp_path: Path) -> None:
    from pydantic import SecretStr

    assert loaded(tmp_path, database_url=SecretStr("postgresql://h/d")).database == "postgresql://h/d"


def test_empty_variables_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("STRILLONE_DATA", "")
    assert (Environment().port, Environment().strillone_data) == (None, "data")


def test_a_dotenv_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("TELEGRAM_TOKEN=123:abc\nUNRELATED=1\n")
    found = Environment(_env_file=file).of_platforms
    assert {name: value.get_secret_value() for name, value in found.items()} == {"TELEGRAM_TOKEN": "123:abc"}


def test_the_environment_wins_over_a_dotenv_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("TELEGRAM_TOKEN=123:abc\nDISCORD_TOKEN=old\n")
    monkeypatch.setenv("TELEGRAM_TOKEN", "456:def")
    monkeypatch.setenv("DISCORD_TOKEN", "")
    found = Environment(_env_file=file).of_platforms
    assert found["TELEGRAM_TOKEN"].get_secret_value() == "456:def"
    assert found["DISCORD_TOKEN"].get_secret_value() == "old"


def test_a_wrong_variable_is_named_without_stopping_at_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORT", "many")
    monkeypatch.setenv("STRILLONE_CONFIG", str(CONFIG))
    monkeypatch.setenv("STRILLONE_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        load(read_opml)
    assert any(
        p.startswith("environment: PORT: `•••` should be a valid integer") for p in caught.value.problems
    )


def test_a_wrong_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "99999999")
    with pytest.raises(SettingsError) as caught:
        load(read_opml)
    assert "PORT" in str(caught.value)


def test_shipped_files_that_are_missing_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.settings import files as module

    for name in ("PACKAGED", "CHECKOUT"):
        monkeypatch.setattr(module, name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"strillone\.toml was not found in .*Set STRILLONE_CONFIG"):
        load(read_opml, Environment.model_construct(strillone_data=str(tmp_path)))
    with pytest.raises(SettingsError, match="The folder demo of the shipped configuration was not found"):
        shipped_folder("demo")


def test_without_a_configuration_here_the_packaged_copy_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.settings import files as module

    monkeypatch.setattr(module, "PACKAGED", CONFIG)
    monkeypatch.chdir(tmp_path)
    assert load(read_opml, Environment.model_construct(strillone_data=str(tmp_path))).outlines
    assert shipped_folder("demo") == CONFIG / "demo"


def test_headers_for_a_host_are_filled_in_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDS_TOKEN", "Bearer sesame")
    toml = '[fetch.headers."Feeds.Example"]\nAuthorization = "$FEEDS_TOKEN"\nX-Plain = "yes"'
    (tmp_path / "strillone.toml").write_text(toml)
    settings = loaded(tmp_path)
    assert settings.headers == {"feeds.example": {"Authorization": "Bearer sesame", "X-Plain": "yes"}}
    assert "sesame" not in repr(settings)


def test_a_header_that_cannot_be_sent_is_a_problem(tmp_path: Path) -> None:
    toml = '[fetch.headers."a.example"]\nAuthorization = "$NOT_THERE"\n"X Y" = "1"\nZ = "a\\nb"'
    said = problems(tmp_path, toml)
    assert [name for name in ("NOT_THERE", "`X Y`", "`Z`") if any(name in one for one in said)] == [
        "NOT_THERE",
        "`X Y`",
        "`Z`",
    ]


FEED = "https://openai.com/news/rss.xml"


def test_a_feed_is_asked_for_as_the_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDS_COOKIE", "key=sesame")
    toml = f'[feeds."{FEED}"]\ncookie = "$FEEDS_COOKIE"\nuser_agent = "Owl/1"\ndaily_cap = 3\nleads = false'
    (tmp_path / "strillone.toml").write_text(toml)
    settings = loaded(tmp_path)
    assert settings.accesses[FEED].headers == {"Cookie": "key=sesame", "User-Agent": "Owl/1"}
    assert settings.file.feeds[FEED].rules == {"daily_cap": 3, "leads": False}
    assert "key=sesame" in settings.secrets
    assert "sesame" not in repr(settings)


def test_a_feed_that_cannot_be_asked_for_so_is_a_problem(tmp_path: Path) -> None:
    toml = f'[feeds."{FEED}l"]\nleads = false\n[feeds."{FEED}"]\ncookie = "$NOT_THERE"\nproxy = "p.example"\nled = false'
    said = " ".join(problems(tmp_path, toml))
    assert "did you mean leads?" in said
    said = " ".join(problems(tmp_path, toml.replace("\nled = false", "")))
    assert f"feeds.opml has no such feed; did you mean {FEED}?" in said
    assert "the environment has no NOT_THERE" in said
    assert "proxy: should be like http://proxy.example:3128" in said


def test_a_monitor_that_waits_for_us_is_named_and_kept_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLLS_PING", "https://monitor.example/ping/sesame")
    (tmp_path / "strillone.toml").write_text('[heartbeat]\npolls = "$POLLS_PING"\n')
    settings = loaded(tmp_path)
    assert settings.heartbeats == {"polls": "https://monitor.example/ping/sesame"}
    assert "https://monitor.example/ping/sesame" in settings.secrets
    assert "sesame" not in repr(settings)


def test_webhooks_need_an_address_that_others_reach(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, "[web]\nwebhooks = true\n")
    assert "`webhooks` needs public_url, the https:// address" in said
    (tmp_path / "strillone.toml").write_text(
        '[web]\nwebhooks = true\npublic_url = "https://news.example.org"\n'
    )
    assert loaded(tmp_path).file.web.webhooks


def test_a_monitor_that_cannot_be_asked_is_a_problem(tmp_path: Path) -> None:
    said = " ".join(problems(tmp_path, '[heartbeat]\npolls = "$NOT_THERE"\ndigests = "monitor.example"\n'))
    assert "heartbeat: polls: the environment has no NOT_THERE" in said
    assert "heartbeat: digests: should be the address of a monitor" in said
    assert "did you mean digests?" in problems(tmp_path, '[heartbeat]\ndigest = ""\n')[0]


def test_a_proxy_is_taken_from_the_environment(tmp_path: Path) -> None:
    assert loaded(tmp_path).proxy == ""
    assert loaded(tmp_path, http_proxy=SecretStr("http://p.example:3128")).proxy == "http://p.example:3128"


@pytest.mark.parametrize("address", ["news.example.org", "ftp://x", "https://", "https://a.example/?x"])
def test_a_public_address_must_be_one(tmp_path: Path, address: str) -> None:
    assert "is not the address" in problems(tmp_path, f'[web]\npublic_url = "{address}"')[0]


def test_a_public_address_is_kept_without_its_last_slash(tmp_path: Path) -> None:
    (tmp_path / "strillone.toml").write_text('[web]\npublic_url = "https://news.example.org/bot/"')
    assert loaded(tmp_path).file.web.public_url == "https://news.example.org/bot"


# --- models ------------------------------------------------------------------------------------------------

ENTRY = '{ name = "small", address = "http://127.0.0.1:1/v1/", key = "$MODEL_KEY", price_in = 0.5, price_out = 1 }'


def test_models_are_the_environments_and_then_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_KEY", "sk-sesame-open")
    (tmp_path / "strillone.toml").write_text(f"[model]\nprice_in = 2\nprice_out = 8\nmodels = [{ENTRY}]")
    settings = loaded(tmp_path, openai_model="large", openai_api_key=SecretStr("sk-sesame-first"))
    assert settings.models == (
        ModelOptions(name="large", address="", key="sk-sesame-first", price_in=2, price_out=8),
        ModelOptions(
            name="small", address="http://127.0.0.1:1/v1", key="sk-sesame-open", price_in=0.5, price_out=1
        ),
    )
    assert "sesame" not in repr(settings)


def test_without_a_key_or_an_address_nothing_is_configured(tmp_path: Path) -> None:
    assert loaded(tmp_path).models == loaded(tmp_path, openai_model="large").models == ()
    local = loaded(tmp_path, openai_model="large", openai_base_url="http://127.0.0.1:1/v1").models
    assert local == (ModelOptions(name="large", address="http://127.0.0.1:1/v1"),)


@pytest.mark.parametrize("money", ["day_money = 1", "month_money = 10"])
def test_a_budget_of_money_needs_the_prices_of_every_model(tmp_path: Path, money: str) -> None:
    models = 'models = [{ name = "free", price_in = 0, price_out = 0 }, { name = "half", price_in = 1 }]'
    (tmp_path / "strillone.toml").write_text(f"[model]\n{money}\n{models}")
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, openai_model="large", openai_api_key=SecretStr("k"))
    large, half = caught.value.problems
    assert (
        "needs both prices of large (price_in and price_out in [model]), per million tokens in USD" in large
    )
    assert "of half (price_in and price_out beside its name)" in half
    assert "set day_tokens or month_tokens instead" in half


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('models = [{ name = "a", key = "sk-sesame-open" }]', "model.models[1].key: is no name. Put the key in the environment"),
        ('models = [{ name = "a", key = "$NOT_THERE" }]', "model.models[1].key: the environment has no NOT_THERE."),
        ('models = [{ name = "a", key = ["sk-sesame-open"] }]', "model.models[1].key: `•••` should be a valid string."),
        ('models = [{ name = "a", address = "models.example" }]', "is not the address of an endpoint, such as https://"),
        ('models = [{ name = "" }]', "model.models[1].name"),
        ("day_tokens = 0", "model.day_tokens: `0` should be greater than or equal to 1."),
        ("month_money = -1", "model.month_money: `-1` should be greater than 0."),
        ("server_share = 2", "model.server_share: `2` should be less than or equal to 1."),
        ("day_token = 5", "model.day_token: there is no such key; did you mean day_tokens?"),
    ],
)  # fmt: skip
def test_a_mistake_about_models_is_named_without_any_key(tmp_path: Path, toml: str, said: str) -> None:
    (found,) = problems(tmp_path, f"[model]\n{toml}")
    assert said in found
    assert "sesame" not in found


CANARY = "c4nAry7Qx9ZtB2mW"


async def test_a_key_given_to_the_wrong_name_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORT", CANARY)
    monkeypatch.setenv("STRILLONE_CONFIG", str(CONFIG))
    monkeypatch.setenv("STRILLONE_DATA", str(tmp_path))
    (tmp_path / "strillone.toml").write_text(
        f'[fetch]\nlongest_poll_minutes = "https://a.example/?token={CANARY}"\n[fetch.headers]\n"a.example" = ["{CANARY}"]\n'
    )
    with pytest.raises(SettingsError) as caught:
        load(read_opml)
    assert len(caught.value.problems) >= 2
    assert CANARY not in str(caught.value)
    with pytest.raises(StoreError) as unopened:
        await open_store(
            f"postgresql://ann:{CANARY}@127.0.0.1:1/x?password={CANARY}&sslkey={CANARY}&options={CANARY}"
        )
    assert CANARY not in str(unopened.value)


def test_logs_know_every_secret_of_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = ("DISCORD_TOKEN", "TELEGRAM_TOKEN", "OPENAI_API_KEY", "HTTPS_PROXY", "HTTP_PROXY")
    for name in names:
        monkeypatch.setenv(name, f"{CANARY}-{name}")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://h/x?password={CANARY}-query")
    monkeypatch.setenv("HEADER", f"{CANARY}-header")
    monkeypatch.setenv("STRILLONE_CONFIG", str(CONFIG))
    monkeypatch.setenv("STRILLONE_DATA", str(tmp_path))
    (tmp_path / "strillone.toml").write_text('[fetch.headers."a.example"]\nAuthorization = "$HEADER"\n')
    known = load(read_opml).secrets
    assert {f"{CANARY}-{name}" for name in (*names, "query", "header")} <= set(known)


def test_days_to_keep_are_read_and_nought_is_for_ever(tmp_path: Path) -> None:
    (tmp_path / "strillone.toml").write_text("[keep]\ntexts_days = 45\nentries_days = 0\n")
    keep = loaded(tmp_path).file.keep.keep()
    assert (keep.texts, keep.entries, keep.posts) == (timedelta(days=45), None, timedelta(days=30))
