import pytest

from stages.cli.explain.explanation import (
    AlwaysRunsReason,
    CommandReason,
    DeclarationReason,
    FileChange,
    FilesReason,
    LockedVersionsReason,
    MissingReason,
    OutputReason,
    ParametersReason,
    Reason,
    RemovedResultsReason,
    SuiteReason,
    ValueChange,
)
from stages.cli.explain.show.reason_text import reason_text

COMMIT = "0123456789" * 4
FILE = FileChange(path="a.py", change="changed", commit=COMMIT, subject="A")
NOT_COMMITTED = FileChange(path="b.py", change="added")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (ParametersReason(values=[ValueChange(name=f"p{n}", old=0, new=1) for n in range(8)]), "p4 0 -> 1 and 3 more"),
        (ParametersReason(values=[ValueChange(name="p", new={"a": 1}, old_set=False)]), "p added"),
        (ParametersReason(values=[ValueChange(name="p", old={"a": 1}, new_set=False)]), "p removed"),
        (ParametersReason(values=[ValueChange(name="p", old="a", new_set=False)]), "p 'a' -> not set"),
        (FilesReason(kind="code", dependency="code", recorded=COMMIT, files=[FILE]), "a.py (01234567)"),
        (FilesReason(kind="code", dependency="code", recorded=None, files=[]), "code: no commit"),
        (FilesReason(kind="code", dependency="code", recorded=None, files=[FILE]), "; now a.py (01234567)"),
        (
            FilesReason(kind="accepted profile", dependency="conf/accepted/a.json", recorded=COMMIT, files=[FILE]),
            "accepted profile a.py",
        ),
        (FilesReason(kind="own model", dependency="conf/models", recorded=None, files=[FILE]), "own model a.py"),
        (
            FilesReason(kind="code", dependency="core", recorded=COMMIT, files=[FILE, FILE, FILE, NOT_COMMITTED]),
            "4 files in core (01234567, not committed)",
        ),
        (LockedVersionsReason(dependency="l.txt", versions=[], files=[FILE]), "l.txt changed"),
        (
            LockedVersionsReason(
                dependency="l.txt", versions=[ValueChange(name="k", new="1", old_set=False)], files=[]
            ),
            "k none -> 1",
        ),
        (SuiteReason(added=["a"], removed=["b"], changed=[]), "gained a and lost b"),
        (RemovedResultsReason(files=["reports/evaluation/a.json"]), "reports/evaluation/a.json would be removed"),
        (OutputReason(path="data/a", state="deleted"), "data/a is missing"),
        (OutputReason(path="data/a", state="changed"), "data/a was changed"),
        (CommandReason(old="a", new="b"), "'a' -> 'b'"),
        (DeclarationReason(added="dependency", path="x"), "new dependency, x"),
        (MissingReason(path="x"), "x is missing"),
        (AlwaysRunsReason(), "always runs"),
    ],
)
def test_the_words_of_a_reason(reason: Reason, words: str) -> None:
    assert words in reason_text(reason)
