import errno
import json
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from simgen.cli import app as app_module
from simgen.cli import dataset_commands, scene_commands
from simgen.errors import DatasetError, RenderError, SubmissionError
from simgen.generate import run
from simgen.generate.rounds import WorkersKilledError
from tests.generate.in_process import without_workers

MANY = "60"  # scenes, so that a signal comes long before the last
COMMANDS = ("new", "check", "schema", "render", "verify", "inspect", "listen", "plot", "bench")


def python(code, *words):
    """Run some Python as the command line would be run."""
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def breaking(monkeypatch):
    """Make ``simgen schema`` raise an error."""
    from simgen.scene.scene_file import SceneFile

    def to_raise(error):
        def fail(*_):
            raise error

        monkeypatch.setattr(SceneFile, "model_json_schema", fail)

    return to_raise


# Through a process


def test_help_names_every_command(shell):
    ran = shell("--help")
    assert (ran.code, ran.err) == (0, "")
    assert all(re.search(rf"^  {command} ", ran.out, re.MULTILINE) for command in COMMANDS)


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from simgen.cli import main\n"
        "try: main()\n"
        "finally: print(sorted({'numpy', 'scipy', 'pydantic', 'rich', 'h5py', 'ruamel.yaml',"
        " 'joblib', 'soundfile'} & set(sys.modules)))"
    )
    returned, out, err = python(code, "--help")
    assert (returned, err) == (0, "")
    assert out.splitlines()[-1] == "[]"


def test_usage_errors_exit_with_2(shell):
    assert shell("nonsense").code == 2
    ran = shell("render", "scene.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "Missing option '--out'" in ran.err


@pytest.mark.slow
def test_the_codes_of_a_render_and_its_check(shell, tiny, tmp_path):
    ran = shell("render", "tiny.yaml", "--out", "out", "--count", "2", "--jobs", "1")
    assert (ran.code, ran.out) == (0, "")
    assert "2 scenes in out: " in ran.err
    shard = tmp_path / "out" / "shards" / "shard-00000.h5"
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    ran = shell("verify", "out")
    assert ran.code == 4
    assert "shards/shard-00000.h5: has another SHA-256" in ran.err
    tiny.write_text("scene: 1\n")
    assert shell("check", "tiny.yaml").code == 3


def stopped(tiny, number):
    """Send a signal to a render of many scenes once it renders; return its code and talk."""
    command = [sys.executable, "-m", "simgen", "render", "tiny.yaml", "-o", "out", "-n", MANY]
    process = subprocess.Popen(
        [*command, "--jobs", "1"],
        cwd=tiny.parent,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background may itself ignore Ctrl-C, which children inherit.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 60
    journal = tiny.parent / "out" / "journal.jsonl"
    while not (journal.exists() and b"\n" in journal.read_bytes()):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    process.send_signal(number)
    _, talk = process.communicate(timeout=60)
    return process.returncode, talk


@pytest.mark.slow
def test_an_interrupted_render_exits_with_130_and_resumes(simgen, tiny):
    code, talk = stopped(tiny, signal.SIGINT)
    assert code == 130
    assert "stopped; the same command goes on from here" in talk
    assert "Traceback" not in talk
    assert simgen("inspect", "out").code == 3
    with without_workers():
        ran = simgen("render", "tiny.yaml", "-o", "out", "-n", MANY, "--json")
    summary = json.loads(ran.out)
    assert summary["resumed"] >= 4
    assert summary["resumed"] + summary["rendered"] == int(MANY)
    assert simgen("verify", "out").code == 0


@pytest.mark.slow
def test_a_terminated_render_exits_with_143(simgen, tiny):
    code, talk = stopped(tiny, signal.SIGTERM)
    assert code == 143
    assert "stopped; the same command goes on from here" in talk
    assert "Traceback" not in talk
    assert "Run the same render command again to resume" in simgen("inspect", "out").err


def test_a_bug_exits_with_70_and_keeps_its_traceback():
    code = (
        "from simgen.scene.scene_file import SceneFile\n"
        "def fail(): raise ZeroDivisionError('a bug')\n"
        "SceneFile.model_json_schema = fail\n"
        "from simgen.cli import main; main()"
    )
    returned, out, err = python(code, "schema")
    assert (returned, out) == (70, "")
    assert "Traceback" not in err
    log = Path(re.search(r"this is a bug in simgen; its traceback is in (\S+\.log)", err)[1])
    assert "ZeroDivisionError: a bug" in log.read_text()
    log.unlink()


# In this process


def test_the_version(simgen):
    assert simgen("--version").out == f"simgen {version('simgen')}\n"


@pytest.mark.parametrize("command", [*COMMANDS, ("bench", "score"), ("bench", "build")])
def test_every_command_explains_itself(simgen, command):
    words = (command,) if isinstance(command, str) else command
    ran = simgen(*words, "--help")
    assert ran.code == 0
    assert ran.out.startswith("Usage: ")
    assert command == "bench" or "--json" in ran.out


def test_no_words_show_the_help(simgen):
    ran = simgen()
    assert "Usage: " in ran.out + ran.err
    assert ran.code in (0, 2)


def test_an_invalid_thing_exits_with_3_and_one_message(simgen, breaking):
    breaking(DatasetError("is damaged", where="x"))
    ran = simgen("schema", "--json")
    assert (ran.code, ran.out, ran.err) == (3, "", "error: x: is damaged\n")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (WorkersKilledError(), "worker processes keep being killed (out of memory?). Free memory"),
        (RenderError("ZeroDivisionError: x", index=3, seed=1), "scene 3 (seed 1): ZeroDivision"),
    ],
)
def test_scenes_that_cannot_be_rendered_exit_with_1(simgen, breaking, error, message):
    breaking(error)
    ran = simgen("schema")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "x.h5"), "x.h5: No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "x: Permission denied"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_input_and_output_fail_with_6(simgen, breaking, error, message):
    breaking(error)
    ran = simgen("schema")
    assert (ran.code, ran.out) == (6, "")
    assert ran.err.startswith(f"error: {message}")
    assert ("free some space" in ran.err) == (error.errno == errno.ENOSPC)


def test_a_full_disk_exits_with_6_and_says_what_helps(simgen, tiny, monkeypatch):
    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "out/dataset.json")

    monkeypatch.setattr(run, "claim", fail)
    ran = simgen("render", tiny, "-o", "out", "-n", 1)
    assert (ran.code, ran.out) == (6, "")
    assert ran.err.splitlines()[-1] == (
        "error: out/dataset.json: No space left on device; "
        "free some space, and the same command resumes"
    )


@pytest.mark.parametrize(
    "error", [RuntimeError("x"), OSError("no number"), AssertionError(), MemoryError()]
)
def test_anything_else_is_a_bug(simgen, breaking, monkeypatch, tmp_path, error):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    breaking(error)
    ran = simgen("schema")
    assert (ran.code, ran.out) == (70, "")
    [log] = tmp_path.glob("simgen-*.log")
    assert ran.err == f"this is a bug in simgen; its traceback is in {log}\n"
    assert type(error).__name__ in log.read_text()


def test_a_bug_on_a_full_disk_is_shown_instead(simgen, breaking, monkeypatch):
    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", fail)
    breaking(RuntimeError("x"))
    ran = simgen("schema")
    assert ran.code == 70
    assert "RuntimeError: x" in ran.err


def test_a_long_error_is_cut(simgen, breaking):
    breaking(SubmissionError([f"fault {number}" for number in range(1000)], where="x"))
    lines = simgen("schema").err.splitlines()
    assert lines[0] == "error: x: 1000 faults in the submission:"
    assert lines[-1] == "  and 801 lines more"
    assert len(lines) == app_module.MOST_LINES + 1


def test_what_a_terminal_cannot_show_does_no_harm(shell):
    ran = shell("new", "é\u202e", PYTHONIOENCODING="ascii")
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert r"\u202e" in ran.err


def test_json_is_ascii(simgen):
    ran = simgen("check", "bür\x9bo.yaml", "--json")
    assert ran.out.isascii()
    assert json.loads(ran.out)["files"][0]["file"] == "bür\x9bo.yaml"


def test_ignored_signals_stay_ignored(simgen):
    # The tests themselves may have been started with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    simgen("schema")
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) == app_module._leave


def test_commands_agree_on_the_code_of_what_is_invalid():
    assert scene_commands.INVALID == app_module.INVALID
    assert dataset_commands.SOME_FAILED == app_module.NOT_RENDERED
