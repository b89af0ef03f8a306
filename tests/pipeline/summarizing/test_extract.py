"""Which sentences tell a story."""

from pathlib import Path

import pytest

from bot.model import Entry, Length
from bot.pipeline.summarizing.extract import BUDGETS, _echo, _news, choose
from bot.pipeline.summarizing.units import READ, Unit, units_of
from bot.text.words import size
from tests.pipeline.conftest import entry
from tests.support.world import alpine, corvid, garden, larkwell

CHINESE = (
    "海登实验室周一发布了开源语言模型，参数规模达到七百亿，并公开了全部训练代码。"
    "该模型在两千块芯片上训练了三个月，总成本约为六百万美元，远低于同行。"
    "分析师质疑这一数字，认为真实的集群规模可能大得多，成本也更高。"
    "公司计划在夏天向挪威和丹麦的客户开放更大的版本，并提供技术支持。"
)


def texts(units: list[Unit]) -> list[str]:
    return [unit.text for unit in units]


def shown(length: Length, *entries: Entry, title: str = "A title", said: str = "") -> list[str]:
    units = [unit for e in entries for unit in units_of(e)]
    return [s.text for s in choose(units, title, entries[0], length, said)]


@pytest.mark.parametrize("item", [corvid(), larkwell(), alpine(), garden()], ids=lambda i: i.slug)
@pytest.mark.parametrize("length", list(Length))
def test_sentences_are_whole_within_budget_and_where_their_receipts_say(item: object, length: Length) -> None:
    found = entry(text=item.text)  # type: ignore[attr-defined]
    chosen = choose(units_of(found), "A title", found, length)
    budget = BUDGETS[length]
    assert len(chosen) <= budget.sentences
    assert sum(size(s.text) for s in chosen) <= budget.words
    for sentence in chosen:
        assert sentence.text.endswith((".", "!"))
        (receipt,) = sentence.receipts
        assert found.text[receipt.start : receipt.end] == sentence.text
    assert bool(chosen) == (length is not Length.HEADLINE)


@pytest.mark.parametrize("length", [Length.LINE, Length.SHORT, Length.LONG])
def test_chinese_is_counted_in_characters(length: Length) -> None:
    found = entry(text=CHINESE, language="zh")
    chosen = choose(units_of(found), "标题", found, length)
    assert chosen
    assert sum(size(s.text) for s in chosen) <= BUDGETS[length].characters
    assert all(s.text.endswith("。") for s in chosen)


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to our newsletter for more stories like this one today.",
        "By Ada Brandt, Staff Writer",
        "Ada Brandt, Halden Labs, Group Product Manager for Harbours.",
        "Di Maria Rossi",
        "Read more about the release of the model on our website.",
        "Getty Images provided the photograph of the new office building.",
        "This sentence has no end and was cut by the feed in the mid…",
        "and this one begins in the middle of something that was said.",
        "The five things that we learned are these:",
        "Leggi anche le altre notizie della giornata sul nostro sito web.",
        "Lesen Sie auch unsere anderen Berichte über das neue Modell heute.",
        "Too short.",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17.",
        "点击关注我们的公众号获取更多人工智能领域的最新消息。",
    ],
)
def test_boilerplate_bylines_and_fragments_are_never_told(line: str) -> None:
    assert texts(units_of(entry(text=f"{line}\n\n{corvid().text}")))[0].startswith("Halden Labs released")


def test_a_question_is_never_told() -> None:
    assert units_of(entry(text="Who would have thought that a model could learn this much?")) == []


def test_a_sentence_that_hangs_on_another_is_never_told_alone() -> None:
    text = f"{larkwell().text} They did it again. {corvid().text}"
    for hanging in (
        "However, it was a surprise for everybody who works in that field.",
        "Questo ha stupito tutti quelli che lavorano in quel campo.",
    ):
        sentences = shown(Length.LINE, entry(text=f"{text} {hanging}"))
        assert sentences
        assert hanging not in sentences


def test_a_list_is_joined_to_its_lead_in() -> None:
    text = "The report names three surprises about the model:\n- It costs six million dollars\n- It runs on 2,000 chips\n- It is free"
    (unit,) = units_of(entry(text=text))
    assert unit.text == (
        "The report names three surprises about the model: it costs six million dollars; it runs on 2,000 chips; it is free."
    )
    assert [entry(text=text).text[r.start : r.end] for r in unit.receipts] == [
        "The report names three surprises about the model:", "It costs six million dollars", "It runs on 2,000 chips", "It is free",
    ]  # fmt: skip


def test_a_long_list_may_be_told_by_its_first_items() -> None:
    items = "\n".join(
        f"- Item number {n} has a rather long description of what it does for the people who use it every day"
        for n in range(5)
    )
    found = units_of(entry(text=f"The report names many things:\n{items}"))
    assert [len(unit.receipts) for unit in found] == [3]
    assert found[0].size <= BUDGETS[Length.LINE].words


def test_a_doubt_is_kept_beside_its_claim() -> None:
    text = (
        "DeepSeek says that it trained its model for six million dollars on 2,000 chips. "
        "Analysts doubt the figure and believe that the cluster is much larger. "
        "The office has a garden on the roof where engineers have lunch together."
    )
    assert any("doubt" in sentence for sentence in shown(Length.LINE, entry(text=text)))


def test_two_sources_do_not_say_the_same_twice() -> None:
    same = corvid().text
    sentences = shown(Length.LONG, entry(1, text=same), entry(2, text=same))
    assert len(sentences) == len(set(sentences))


def test_sentences_stand_in_reading_order_the_lead_first() -> None:
    lead, other = entry(1, text=corvid().text), entry(2, text=larkwell().text)
    sentences = shown(Length.LONG, lead, other)
    places = [(lead.text + other.text).index(s) for s in sentences]
    assert places == sorted(places)


def test_where_nothing_fits_one_sentence_stands_whole() -> None:
    long = "Halden " + " ".join(f"word{n}" for n in range(60)) + " at last."
    assert shown(Length.LINE, entry(text=long)) == [long]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "🙂", "- \n- ", "。。。", "Short."])
def test_empty_texts_tell_nothing(text: str) -> None:
    assert units_of(entry(text=text)) == []
    assert choose([], "T", entry(), Length.LINE) == []


def test_news_about_subscribers_and_state_sponsored_attacks_is_no_boilerplate() -> None:
    told = "The service now has forty million paying subscribers, the company said on Monday."
    attack = "Researchers blamed state-sponsored attackers for the theft of the model's weights."
    assert texts(units_of(entry(text=f"{told}\n\n{attack}"))) == [told, attack]


def test_what_hangs_is_told_by_its_language() -> None:
    italian = "Il modello costa sei milioni di dollari e usa duemila chip di Nvidia."
    french = "Il coûte six millions de dollars et utilise deux mille puces de Nvidia."
    assert not units_of(entry(text=italian, language="it"))[0].hangs
    assert units_of(entry(text=french, language="fr"))[0].hangs
    assert not units_of(entry(text=french, language="xx"))[0].hangs


def test_of_a_very_long_text_the_beginning_is_read() -> None:
    line = "The model costs 5.6 million dollars and uses 2,000 chips, the laboratory said. "
    found = units_of(entry(text=line * 10_000))
    assert found
    assert found[-1].receipts[-1].end <= READ
    assert {unit.text for unit in found} == {line.strip()}
    assert units_of(entry(text="words without an end " * 10_000)) == []


def test_the_opening_is_told_whole_rather_than_passed_over() -> None:
    opening = (
        "The laboratory in Halden, which " + " ".join(f"word{n}" for n in range(45)) + " opened its doors."
    )
    text = f"{opening} Its garden has room for forty people who come for lunch.\n\nThe second paragraph tells of the roof and of its bees."
    assert size(opening) > BUDGETS[Length.LINE].words
    assert shown(Length.LINE, entry(text=text)) == [opening]


def test_what_hangs_is_told_after_what_it_hangs_on() -> None:
    text = (
        "The laboratory has published the weights of its largest language model so far. "
        "But it keeps the data that it was trained on to itself, and says nothing of what they cost."
    )
    assert len(shown(Length.LINE, entry(text=text))) == 2


def test_a_sentence_is_not_torn_out_of_its_paragraph_for_a_first_one_would_do() -> None:
    opening = "The laboratory has published the weights of its largest language model so far."
    long = "Its " + " ".join(f"word{n}" for n in range(60)) + " ended."
    torn = "The judge, who had heard both sides for weeks, sent the matter back to the lower chamber."
    assert shown(Length.LINE, entry(text=f"{opening} {long} {torn}")) == [opening]
    assert shown(Length.LINE, entry(text=f"{opening} {long}\n\n{torn}")) == [opening, torn]


def test_half_a_quotation_hangs() -> None:
    quoted = "研究所所长说：「我们已经准备好继续这项工作。下个月我们将公布全部结果。」她周一这样表示。"
    first, second = units_of(entry(text=quoted, language="zh"))[:2]
    assert first.hangs
    assert second.hangs


def test_longer_forms_tell_figures_and_who_doubts_them() -> None:
    text = (
        "The release of the model has shaken the industry and surprised those who follow it closely.\n\n"
        "For years the makers of chips had thought that nobody could do without their newest products.\n\n"
        "Halden says that it trained the model on only 2,000 chips, which is few for one of its size. "
        "However, some analysts believe that the number of machines was in truth much larger.\n\n"
        "Shares of the chipmaker lost 13% in early trading after the news had spread among investors."
    )
    told = " ".join(shown(Length.SHORT, entry(text=text)))
    assert all(part in told for part in ("2,000", "analysts", "13%"))


def test_a_year_is_no_particular() -> None:
    text = (
        "The release of the model has shaken the industry and surprised those who follow it closely. "
        "It is built in a new way, which its makers have described in a long report.\n\n"
        "Many compare it with the satellite that startled the world in 1957, when nobody had expected one.\n\n"
    )
    *_, year = units_of(entry(text=text))
    assert _news(year, [units_of(entry(text=text))[0]], 1.0) == _news(year, [units_of(entry(text=text))[0]])


FIGURES = (
    "The release of the Corvid model has shaken the whole industry and marks a turning point for all who build such things, in the north as well as in the south.\n\n"
    "The surprise lies in what it costs to teach, for the model is 50 times thriftier than those that came before it and lowers the bill for machines, "
    "while using it costs just 3% of what others ask for the same work in a month.\n\n"
    "Halden trained it on only 2,000 chips, a number that seems low for a model of this size and reach.\n"
    "However, some analysts believe that the cluster was in truth much larger.\n\n"
    "Shares of the chipmaker lost 13% before the markets opened, and other firms of the trade fell with them in the course of the day."
)


def test_an_opening_that_the_headline_tells_makes_room_for_several_figures() -> None:
    told = " ".join(
        shown(Length.SHORT, entry(text=FIGURES), title="Corvid model of Halden shakes the industry")
    )
    assert all(figure in told for figure in ("50 times", "3%", "2,000", "13%"))
    assert "turning point" not in told
    assert "turning point" in " ".join(
        shown(Length.SHORT, entry(text=FIGURES), title="What will become of us")
    )


def test_a_contested_figure_never_stands_bare_in_the_longer_forms() -> None:
    title = "Corvid model of Halden shakes the industry"
    for length in (Length.SHORT, Length.LONG):
        told = shown(length, entry(text=FIGURES), title=title)
        (claim,) = [number for number, text in enumerate(told) if "2,000" in text]
        assert "analysts" in told[claim + 1]


def test_of_two_sentences_the_one_that_exclaims_is_left_out() -> None:
    opening = "The laboratory in Halden has opened its new hall to visitors from all over the country."
    mayor = "The town has waited for more than eleven years until this could happen at last, its mayor said"
    guests = "Guests may bring children and dogs into the garden behind the hall in every season of the year"
    for calm, loud in ((mayor, guests), (guests, mayor)):
        told = shown(Length.LINE, entry(text=f"{opening}\n\n{loud}!\n\n{calm}."))
        assert told == [opening, f"{calm}."]


def test_where_nothing_fits_and_the_lead_tells_nothing_the_shortest_stands() -> None:
    longer = "The town " + " ".join(f"word{n}" for n in range(62)) + " in the end."
    shorter = "Halden " + " ".join(f"other{n}" for n in range(55)) + " at last."
    lead = entry(1, title="Halden on other3 and other4", text="")
    other = entry(2, text=f"{longer}\n\n{shorter}")
    assert shown(Length.LINE, lead, other, title=lead.title) == [shorter]


def test_what_a_later_sentence_tells_with_more_is_not_told_before_it() -> None:
    opening, echo, fuller = (
        "Halden Labs trained Corvid 3 on 2,000 boards and sells it for 3% of what its rivals ask.",
        "Shares of Ebner lost 13% before trading began, after Halden Labs said that it trained Corvid 3 on 2,000 boards.",
        "Shares of Ebner lost 13% before trading began, while the Ostrava bank pledged 140 billion crowns to makers of boards.",
    )
    found = [entry(n, text=text) for n, text in enumerate((opening, echo, fuller), start=1)]
    units = [unit for e in found for unit in units_of(e)]
    assert _echo(units) is units[1]
    assert _echo([units[0], units[2]]) is None
    told = " ".join(shown(Length.SHORT, *found, title="Halden Labs trains Corvid 3 on 2,000 boards"))
    assert told.count("13%") == 1


def test_the_first_sentence_says_what_the_headline_says() -> None:
    text = (
        "At its annual fair the owner of the search engine Merlo told visitors that answers would replace links. "
        "Many readers say that they never asked for answers. "
        "Quill said downloads of its browser rose 18.1% in the last week of May."
    )
    sentences = shown(
        Length.LINE, entry(text=text), title="Quill downloads rise 18.1% as readers refuse answers"
    )
    assert sentences[0].startswith("Quill said")


def test_what_was_before_the_news_never_stands_behind_it() -> None:
    text = (
        "Halden launched Corvid 3 on Tuesday, a model that reads whole shelves of books.\n\n"
        "At last year’s fair Halden was still showing Corvid 2, with 40 billion parameters."
    )
    assert len(shown(Length.SHORT, entry(text=text), title="Halden launches Corvid 3")) == 1


def test_nobody_is_told_of_by_a_short_name_alone() -> None:
    text = (
        "I met Francis de Ruvo, who runs security at Halden, in a quiet room.\n\n"
        "De Ruvo’s core message was that nobody should bolt security on after a model has been shipped."
    )
    assert shown(Length.LINE, entry(text=text), title="Everybody builds models in a hurry") == []
    assert len(shown(Length.LINE, entry(text=text), title="De Ruvo on security at Halden")) == 1


def test_another_entry_adds_a_figure_and_not_the_same_news() -> None:
    lead = entry(1, text="A jury of nine found on Monday that Halden had sued Ebner too late.")
    again = entry(
        2, text="Halden suffered the worst defeat possible against Ebner as nine jurors gave their verdict."
    )
    adding = entry(
        3, text="Halden had asked the court in Ostvik for 150 billion dollars from Ebner and its founders."
    )
    title = "Halden loses its suit against Ebner"
    assert len(shown(Length.SHORT, lead, again, title=title)) == 1
    assert any("150 billion" in s for s in shown(Length.SHORT, lead, again, adding, title=title))


def test_a_company_is_quoted_where_it_says_what_its_headline_says() -> None:
    text = (
        "The harbour towns are among the busiest markets for Corvid.\n\n"
        "Their engineers write a third of all questions.\n\n"
        "To support them, Ada Quist is joining us from a bank to lead our sales, and will sit in Ostvik."
    )
    found = entry(
        title="Ada Quist is joining as head of the Ostvik office", text=text, kind="lab blog", outlet="Halden"
    )
    assert shown(Length.LINE, found, title=found.title)[0].startswith("Halden: “To support them, Ada Quist")


def test_a_heading_between_dashes_is_no_part_of_a_sentence() -> None:
    (unit,) = units_of(
        entry(
            text="- Des robots au port -Halden a présenté mardi un robot qui range les filets.", language="fr"
        )
    )
    assert unit.text == "Halden a présenté mardi un robot qui range les filets."


def test_a_line_tells_the_figures_of_a_list_rather_than_what_the_headline_tells() -> None:
    text = (
        "L’uscita del modello Corvid R1 ha avuto un impatto enorme nel panorama della pesca europea, e segna un "
        "punto di svolta per la concorrenza tra i porti del Nord, quelli del Sud e le isole.\n\n"
        "La vera sorpresa, però, sta nel costo:\n"
        "- Corvid R1 è 40 volte più efficiente dei modelli simili usati nei porti del Nord.\n"
        "- Il prezzo di utilizzo è appena il 4% di quello dei servizi a pagamento.\n"
        "- Il modello è aperto a tutti i pescatori che lo vogliono migliorare."
    )
    found = entry(text=text, language="it", title="Corvid e il modello R1 aperto")
    units = units_of(found)
    line = " ".join(s.text for s in choose(units, found.title, found, Length.LINE))
    assert line.startswith("Corvid R1 è 40 volte")
    assert "il prezzo di utilizzo è appena il 4%" in line


def test_the_users_article_is_told_by_its_figures_in_every_length(shared: Path) -> None:
    title, text = (shared / "articles" / "deepseek_r1_it.txt").read_text().split("\n", 1)
    found = entry(text=text.strip(), language="it", title=title)
    told = {
        length: " ".join(s.text for s in choose(units_of(found), title, found, length))
        for length in (Length.LINE, Length.SHORT, Length.LONG)
    }
    assert all("50 volte" in line and "3%" in line for line in told.values())
    for length in (Length.SHORT, Length.LONG):
        assert "2000 GPU" in told[length]
        assert "alcuni analisti ritengono" in told[length]
        assert "13%" in told[length]
    assert "1 trilione di yuan" in told[Length.LONG]


def test_where_nothing_else_can_be_told_the_opening_stays() -> None:
    title = "Halden opens its harbour office"
    text = "Halden opens its harbour office in the old market hall beside the river today."
    assert len(shown(Length.LINE, entry(text=text), title=title)) <= 1
