from stages.report.format_text import NOTHING
from stages.report.sections.provenance_section import layers, layers_sentence, parameters, plain, settings, versions
from tests.report.fakes import training


def told(section):
    return [(s.depth, s.name, s.value) for s in settings(section)]


def test_stages_come_in_the_order_they_run():
    section = {"train": {}, "extra": {}, "report": {}, "download": {}}
    assert [name for name, _ in parameters(section)] == ["download", "train", "report", "extra"]


def test_nested_parameters_keep_their_depth():
    assert told({"model": {"units": [8, 3], "dropout": None}}) == [
        (0, "model", ""),
        (1, "dropout", NOTHING),
        (1, "units", "8, 3"),
    ]


def test_lists_of_named_things_go_by_their_names():
    section = {"expectations": [{"expect_x": {"column": "a"}}, {"expect_y": {}}], "steps": [{"step": "log", "by": 2}]}
    assert told(section) == [
        (0, "expectations", ""),
        (1, "expect_x", ""),
        (2, "column", "a"),
        (1, "expect_y", NOTHING),
        (0, "steps", ""),
        (1, "1.", ""),
        (2, "by", "2"),
        (2, "step", "log"),
    ]


def test_the_order_in_the_file_does_not_show():
    assert told({"a": 1, "b": {"c": 2, "d": 3}}) == told({"b": {"d": 3, "c": 2}, "a": 1})


def test_values_are_words():
    assert [plain(v) for v in (True, False, None, [], [True, 2])] == ["yes", "no", NOTHING, NOTHING, "yes, 2"]


def test_layers_without_a_formula_need_no_column_for_it():
    record = training(1, 1)
    assert layers(record).formulas
    del record["layers"][0]["formula"]
    assert not layers(record).formulas


def test_frozen_parameters_are_counted():
    record = training(1, 1) | {"parameters": 20, "trainable": 15}
    assert layers_sentence(record) == "1 layer, 20 parameters, 15 of them learned."


def test_a_library_in_two_versions_has_two_lines():
    found = versions(preprocess={"numpy": "2.3"}, train={"numpy": "2.4", "keras": "3"})
    assert [(v.library, v.version, v.users) for v in found] == [
        ("keras", "3", "train"),
        ("numpy", "2.3", "preprocess"),
        ("numpy", "2.4", "train"),
    ]
