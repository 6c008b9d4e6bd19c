"""The bench as people start it, with a plan so small that it says nothing but that it works."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.figures import OURS
from bench.rest_subjects import FASTAPI, MODELVIEWSET
from tests.support.databases import ROOT

SECONDS = 120
TINY = ("--rounds", "1", "--seconds", "0.1")

pytestmark = pytest.mark.slow


def start(folder: Path, arguments: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def left_behind(folder: Path) -> list[str]:
    """Processes that know of the folder, and what lies in it."""
    found = [str(path) for path in folder.iterdir()]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:  # it has ended, or is somebody else's
            continue
        if str(folder).encode() in environment:
            found.append(f"process {process.name}")
    return found


def test_a_run_writes_figures_of_all_subjects_and_leaves_nothing_behind(tmp_path):
    folder, out = tmp_path / "place", tmp_path / "result.json"
    folder.mkdir()

    command = start(folder, ["--only=rest", "--case=retrieve, 1 client", *TINY, f"--out={out}"])
    printed, _ = command.communicate(timeout=SECONDS)

    assert command.returncode == 0, printed
    assert "retrieve, 1 client" in printed
    result = json.loads(out.read_text())
    figures = {(figure["subject"], figure["unit"]): figure for figure in result["figures"]}
    is_whole = importlib.util.find_spec("fastapi") is not None
    subjects = {OURS, MODELVIEWSET, *([FASTAPI] if is_whole else [])}
    assert {subject for subject, _ in figures} == subjects
    for subject in subjects:
        assert figures[subject, "requests/s"]["median"] > 0
        assert figures[subject, "requests/s"]["errors"] == 0
    assert [target["baseline"] for target in result["targets"]] == [FASTAPI] * is_whole
    assert result["commit"] is None or len(result["commit"]) == 40
    assert result["plan"]["rounds"] == 1
    assert left_behind(folder) == []


def test_a_run_that_is_ended_takes_its_servers_and_databases_along(tmp_path):
    command = start(tmp_path, ["--only=growth", "--case=rows", "--rounds=1000", "--seconds=0.1"])
    deadline = time.monotonic() + SECONDS
    while len(left_behind(tmp_path)) < 3:  # the bench, its folder, a server
        assert time.monotonic() < deadline
        assert command.poll() is None
        time.sleep(0.05)

    command.send_signal(signal.SIGTERM)
    command.communicate(timeout=SECONDS)

    assert command.returncode == 128 + signal.SIGTERM
    assert left_behind(tmp_path) == []


def test_an_unknown_section_is_refused_by_name(tmp_path):
    command = start(tmp_path, ["--only=rest,speed"])
    printed, _ = command.communicate(timeout=SECONDS)

    assert command.returncode == 2
    assert "there is no section speed" in printed
