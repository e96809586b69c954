from hypothesis import given
from hypothesis import strategies as st

from bot.domain.circles import Couple, circles, fits

IT = frozenset({"it"})


def couple(
    key: int, site: str = "Roma", hours: float = 1.0, topics: str = "", languages: frozenset[str] = IT
) -> Couple:
    return Couple(key, (2 * key, 2 * key + 1), languages, site, hours, frozenset(topics.split()))


couples = st.builds(
    couple,
    st.integers(1, 10_000),
    st.sampled_from(["Roma", "Milano", ""]),
    st.sampled_from([-5.0, 0.0, 1.0]),
    st.sampled_from(["", "1.1", "1.1 S1"]),
    st.sampled_from([IT, frozenset({"en"}), frozenset({"it", "en"})]),
)


@given(
    st.lists(couples, max_size=24, unique_by=lambda one: one.key),
    st.integers(2, 4),
    st.integers(0, 3),
    st.dictionaries(st.integers(2, 50), st.lists(st.integers(2, 50), max_size=3), max_size=6),
)
def test_circles_are_neither_small_nor_large_and_keep_people_apart(pairs, least, more, named) -> None:
    apart = {one: {*named.get(one, ()), *(k for k, v in named.items() if one in v)} for one in range(2, 50)}
    found = circles(pairs, least, least + more, apart)
    placed = [pair for circle in found for pair in circle]
    assert len(placed) == len(set(placed)) and set(placed) <= set(pairs)
    for circle in found:
        assert least <= len(circle) <= least + more
        assert all(fits(pair, [one for one in circle if one != pair], apart) for pair in circle)
    assert circles(list(reversed(pairs)), least, least + more, apart) == found


def test_near_clocks_and_places_stand_together_and_nobody_is_left_who_need_not_be() -> None:
    far = [couple(key, "New York", -5.0) for key in (1, 4, 6)]
    here = [couple(key, "Roma") for key in (2, 3, 5, 7)]
    found = circles([*here, *far], 3, 5, {})
    assert [sorted(pair.key for pair in circle) for circle in found] == [[1, 2, 4, 6], [3, 5, 7]]
    found = circles([couple(key) for key in range(11)], 3, 5, {})
    assert sorted(map(len, found)) == [3, 4, 4]
    assert circles([couple(1), couple(2)], 3, 5, {}) == ()
