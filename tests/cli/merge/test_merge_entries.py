import hypothesis.strategies as st
from hypothesis import given

from stages.cli.merge.merge_entries import merge_entries

NAMES = st.sampled_from("abcdef")
TEXTS = st.sampled_from(["1", "2", "3"])
FILES = st.dictionaries(NAMES, TEXTS)


@given(FILES, FILES)
def test_the_change_of_one_side_is_taken(base: dict[str, str], changed: dict[str, str]) -> None:
    assert merge_entries(base, base, changed) == (changed, [])
    assert merge_entries(base, changed, base) == (changed, [])
    assert merge_entries(base, changed, changed) == (changed, [])


@given(FILES, FILES, FILES)
def test_every_entry_is_that_of_a_side(base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]) -> None:
    merged, conflicts = merge_entries(base, ours, theirs)
    other, other_conflicts = merge_entries(base, theirs, ours)
    assert sorted(conflicts) == sorted(other_conflicts)
    for name in {*base, *ours, *theirs}:
        assert merged.get(name) in (ours.get(name), theirs.get(name))
        if name in conflicts:
            assert ours.get(name) != theirs.get(name)
            assert base.get(name) not in (ours.get(name), theirs.get(name))
            assert merged[name] == ours.get(name, theirs.get(name))
        else:
            assert merged.get(name) == other.get(name)
