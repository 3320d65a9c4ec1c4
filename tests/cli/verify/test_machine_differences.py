"""What a machine lacks of what the bits are pinned to."""

from importlib.metadata import version

import pytest

from stages.cli.verify.machine_differences import other_versions, processor, system


@pytest.mark.parametrize(
    ("architecture", "cpu", "told"),
    [
        ("x86_64", "flags\t\t: sse4_2 avx avx2 fma\n", []),
        ("x86_64", "", []),
        ("x86_64", "flags\t\t: avx2 sse4_2\n", ["the processor has no FMA, to which the instructions are pinned"]),
        ("x86_64", "flags : avx\n", ["the processor has no AVX2 and no FMA, to which the instructions are pinned"]),
        ("aarch64", "", ["the processor is aarch64; the bits are those of x86_64 with AVX2 and FMA"]),
    ],
)
def test_the_processor(architecture: str, cpu: str, told: list[str]) -> None:
    assert list(processor(architecture, cpu)) == told


def test_the_system() -> None:
    assert list(system("Linux")) == []
    assert list(system("Darwin")) == ["the system is Darwin, whose builds of the libraries are others than Linux's"]


def test_versions_other_than_locked() -> None:
    numpy, yaml = version("numpy"), version("pyyaml")
    lock = (
        f"numpy=={numpy} \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n"
        "pyyaml==0.1 ; python_full_version >= '3' \\\n    --hash=sha256:02\n"
        "h5py==0.1 ; sys_platform == 'never' \\\n    --hash=sha256:03\n"
        "not-installed-here==1 \\\n    --hash=sha256:04\n"
    )
    assert list(other_versions(lock)) == [f"other versions than locked: pyyaml {yaml} (locked 0.1); run `make setup`"]
    assert list(other_versions(lock.replace("pyyaml==0.1", f"pyyaml=={yaml}"))) == []
