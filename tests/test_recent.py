"""What was made a moment ago is given again, and only for its equal."""

from bot.recent import Recent


def test_what_is_equal_is_made_once() -> None:
    recent: Recent[list[int], int] = Recent(2)
    made: list[int] = []

    def total(given: list[int]) -> int:
        made.append(sum(given))
        return sum(given)

    assert [
        recent.get("a", given, lambda given=given: total(given)) for given in ([1, 2], [1, 2], [1, 3])
    ] == [3, 3, 4]
    assert made == [3, 4]
    assert recent.get("a", [1, 2], lambda: total([1, 2])) == 3
    assert made == [3, 4, 3]


def test_what_was_made_first_is_forgotten_first() -> None:
    recent: Recent[int, str] = Recent(2)
    made: list[int] = []
    for key in (1, 2, 3, 3, 2, 1):
        recent.get(key, key, lambda key=key: made.append(key) or str(key))
    assert made == [1, 2, 3, 1]


def test_nothing_is_kept_where_nothing_may_be() -> None:
    recent: Recent[int, int] = Recent(0)
    assert [recent.get("a", 1, lambda n=n: n) for n in (5, 6)] == [5, 6]
