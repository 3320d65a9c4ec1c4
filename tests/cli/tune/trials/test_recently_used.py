from stages.cli.tune.trials.recently_used import RecentlyUsed


def test_what_was_used_longest_ago_is_dropped():
    kept, made = RecentlyUsed[str](max_bytes=2), list[str]()

    def make(key):
        made.append(key)
        return key

    def get(key, size=1):
        return kept.get(key, lambda: make(key), lambda _: size)

    assert [get("a"), get("b"), get("a"), get("c"), get("a"), get("b")] == ["a", "b", "a", "c", "a", "b"]
    assert made == ["a", "b", "c", "b"]
    get("large", 9)
    get("large", 9)
    assert made == ["a", "b", "c", "b", "large"]
