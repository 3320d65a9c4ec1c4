from pathlib import Path

import pytest
from pull_request_comment.comment_service import MARKER
from pull_request_comment.comment_text import MAX_LENGTH, Build, comment_text, shorten

BUILD = Build("c" * 40, "b" * 40, "https://example.org/log")
TABLE = "| metric | before | after |\n| --- | --- | --- |\n| loss | 2 | 1 |"


def write(folder: Path, **steps: tuple[int, str]) -> None:
    for step, (status, output) in steps.items():
        (folder / f"{step}.status").write_text(f"{status}\n")
        (folder / f"{step}.txt").write_text(output)


def write_success(folder: Path) -> None:
    write(folder, run=(0, "65 stages"), status=(0, ""), recorded=(0, ""), compare=(0, ""), check=(0, "2 gates hold"))
    (folder / "comparison.md").write_text(TABLE)


def test_a_success(tmp_path: Path) -> None:
    write_success(tmp_path)
    text = comment_text(tmp_path, BUILD)
    assert text.startswith(f"{MARKER}\n### :white_check_mark:")
    assert TABLE in text
    assert "2 gates hold" in text
    assert "cccccccccc" in text
    assert "bbbbbbbbbb" in text
    assert "(https://example.org/log)" in text
    assert "65 stages" not in text


def test_a_failed_check_is_in_the_first_line_and_its_output_is_shown_beside_the_comparison(tmp_path: Path) -> None:
    write_success(tmp_path)
    write(tmp_path, check=(1, "iris: accuracy 0.8 is below 0.9"))
    text = comment_text(tmp_path, BUILD)
    assert text.splitlines()[1] == "### :x: `restage check` failed"
    assert "<details open>" in text
    assert "iris: accuracy 0.8 is below 0.9" in text
    assert TABLE in text


def test_a_failed_run_shows_the_end_of_its_output(tmp_path: Path) -> None:
    write(tmp_path, run=(1, "\n".join(f"line {n}" for n in range(100))))
    text = comment_text(tmp_path, BUILD)
    assert text.splitlines()[1] == "### :x: `restage run` failed"
    assert "line 99\n```" in text
    assert "line 59\n" not in text


def test_a_failed_comparison_shows_no_part_of_it(tmp_path: Path) -> None:
    write(tmp_path, run=(0, ""), status=(0, ""), compare=(1, "restage: no commit"))
    (tmp_path / "comparison.md").write_text("| half")
    text = comment_text(tmp_path, BUILD)
    assert "restage: no commit" in text
    assert "| half" not in text


@pytest.mark.parametrize("ended", ["run", "status", "compare"])
def test_a_step_that_did_not_end_is_no_success(ended: str, tmp_path: Path) -> None:
    names = ["run", "status", "compare", "check"]
    done = names[: names.index(ended) + 1]
    write(tmp_path, **dict.fromkeys(done, (0, "")))
    (tmp_path / "comparison.md").write_text(TABLE)
    assert ":x:" in comment_text(tmp_path, BUILD).splitlines()[1]


def test_nothing_ran(tmp_path: Path) -> None:
    assert "`restage run` did not run to its end" in comment_text(tmp_path, BUILD)


def test_results_that_are_not_in_the_commit_are_named(tmp_path: Path) -> None:
    write_success(tmp_path)
    write(tmp_path, recorded=(1, " dvc.lock | 4 ++--"))
    text = comment_text(tmp_path, BUILD)
    assert ":white_check_mark:" in text
    assert "dvc.lock | 4" in text
    assert "<code>restage run</code>" in text


def test_output_cannot_end_its_block(tmp_path: Path) -> None:
    write(tmp_path, run=(1, "```\n# A title\n```"))
    assert comment_text(tmp_path, BUILD).count("```") == 2


def test_a_long_comparison_is_cut_at_a_line_and_the_log_is_named(tmp_path: Path) -> None:
    write_success(tmp_path)
    (tmp_path / "comparison.md").write_text("\n".join(f"| row {n} |" for n in range(20_000)))
    text = comment_text(tmp_path, BUILD)
    assert len(text) <= MAX_LENGTH
    assert "... The rest is in the log of the job." in text
    assert "(https://example.org/log)" in text
    shown = [line for line in text.splitlines() if line.startswith("| row")]
    assert all(line.endswith(" |") for line in shown)


def test_what_fits_is_not_cut() -> None:
    assert shorten("a\nb", 3) == "a\nb"


def test_what_is_cut_leaves_no_block_open(tmp_path: Path) -> None:
    write_success(tmp_path)
    write(tmp_path, check=(1, "\n".join(f"line {n}" for n in range(20_000))), recorded=(1, "x" * 100_000))
    rows = "\n".join(f"| row {n} |" for n in range(20_000))
    (tmp_path / "comparison.md").write_text(f"<details><summary>iris</summary>\n\n{rows}\n\n</details>")
    text = comment_text(tmp_path, BUILD)
    assert len(text) <= MAX_LENGTH
    assert text.count("```") == 4
    assert text.count("<details") == text.count("</details>") == 3
    assert text.rindex("</details>") < text.index("(https://example.org/log)")


def test_a_failed_run_with_long_lines_shows_the_end(tmp_path: Path) -> None:
    write(tmp_path, run=(1, "x" * 100_000 + " the end"))
    text = comment_text(tmp_path, BUILD)
    assert len(text) <= MAX_LENGTH
    assert "the end\n```" in text
