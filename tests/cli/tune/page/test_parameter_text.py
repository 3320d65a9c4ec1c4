from stages.cli.tune.page.parameter_text import short_names, shorten


def test_short_names_tell_parameters_apart() -> None:
    names = ["train.model.inputs.a.dropout", "train.model.inputs.b.dropout", "train.batch", "train.model.units[0]"]
    assert short_names(names) == ["a.dropout", "b.dropout", "batch", "units[0]"]
    assert short_names(["train.batch", "batch"]) == ["train.batch", "batch"]


def test_a_shortened_text_keeps_both_ends() -> None:
    short = shorten("[4096, 2048, 1024, 512, 256]", 20)
    assert (len(short) <= 20, short[:5], short[-4:]) == (True, "[4096", "256]")
