"""The probe, as a function: many questions in one run, one answer each."""

import os
import subprocess

import pytest


def escape(field: str) -> str:
    return field.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


@pytest.fixture(scope="session")
def ask():
    program = os.environ.get("PEL_SEMANTICS_PROBE", "")
    assert program, "PEL_SEMANTICS_PROBE must name the built semantics_probe"

    def ask_all(questions: list[tuple[str, ...]]) -> list[str]:
        lines = "".join("\t".join(map(escape, fields)) + "\n" for fields in questions)
        result = subprocess.run(
            [program], input=lines.encode(), capture_output=True, timeout=120, check=True
        )
        answers = result.stdout.decode().split("\n")[:-1]
        assert len(answers) == len(questions)
        return answers

    return ask_all


@pytest.fixture(scope="session")
def compare(ask):
    """Asks every question and fails with those whose answer is not the expected one."""

    def compare_all(cases: list[tuple[tuple[str, ...], str]]) -> None:
        answers = ask([question for question, _ in cases])
        wrong = [
            f"{question!r}: expected {expected!r}, got {answer!r}"
            for (question, expected), answer in zip(cases, answers, strict=True)
            if answer != expected
        ]
        assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:40])

    return compare_all
