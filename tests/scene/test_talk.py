import itertools
from collections import Counter

import numpy as np
import pytest
import soundfile

from simgen.errors import SceneError, SignalError
from simgen.scene.scene_file import SceneFile
from simgen.scene.talk import SHIPPED, corpus_of
from simgen.signals.corpus import resampled_length
from simgen.signals.speech import shipped_speech

HEAD = """\
scene: 1
name: test
duration_s: 4
room: {box_m: [6, 6, 3], t60_s: 0}
arrays: {pair: {microphones: {line: {count: 2, spacing_m: 0.1}}}}
sources:
"""


def talkers(scene):
    return [source.signal.talker for source in scene.sources]


def draw(groups, *, index=0, duration_s=4):
    text = HEAD.replace("duration_s: 4", f"duration_s: {duration_s}")
    return SceneFile.parse(text + groups).draw(seed=1, index=index)


def record(folder, *files, num_frames=800, sample_rate=8000):
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / file, np.full(num_frames, 0.1), sample_rate)


def load(folder, signal, count=1):
    path = folder / "scene.yaml"
    path.write_text(f"{HEAD}  them: {{count: {count}, signal: {signal}}}\n")
    return SceneFile.load(path)


# Who talks


def test_nobody_talks_from_two_places():
    for index in range(20):
        names = talkers(draw("  them: {count: 8}\n  others: {count: 8}\n", index=index))
        assert len(set(names)) == 16


def test_any_talker_may_be_drawn():
    drawn = Counter(name for k in range(100) for name in talkers(draw("  one: {}\n", index=k)))
    assert set(drawn) == set(shipped_speech().talkers())


def test_talkers_talk_from_two_places_only_when_all_do():
    count = len(shipped_speech("dev").talkers())
    groups = f"  them: {{count: {count + 2}, signal: {{speech: dev}}}}\n"
    assert sorted(Counter(talkers(draw(groups))).values()) == [1] * (count - 2) + [2, 2]


@pytest.mark.parametrize("part", ["train", "dev", "test"])
def test_a_part_keeps_to_its_talkers(part):
    known = set(shipped_speech(part).talkers())
    for index in range(10):
        scene = draw(f"  them: {{count: 3, signal: {{speech: {part}}}}}\n", index=index)
        assert set(talkers(scene)) <= known
        for source in scene.sources:
            assert source.signal.corpus == SHIPPED
            for clip in source.signal.clips:
                assert shipped_speech(part).find(clip.file).talker == source.signal.talker


# When and what


@pytest.mark.parametrize("duration_s", [0.5, 4, 100])
def test_clips_fill_the_scene_and_do_not_overlap(duration_s):
    scene = draw(
        "  them: {count: 2, signal: {speech: any, start_s: {uniform: [0, 1]},"
        " pause_s: {uniform: [0.1, 0.5]}}}\n",
        duration_s=duration_s,
    )
    rate = scene.sample_rate
    for source in scene.sources:
        clips = source.signal.clips
        assert all(clip.onset < scene.num_samples for clip in clips)
        for clip, after in itertools.pairwise(clips):
            assert 0.1 * rate - 1 <= after.onset - clip.onset - clip.num_samples <= 0.5 * rate + 1
        if clips:
            assert clips[0].onset <= rate
            assert clips[-1].onset + clips[-1].num_samples + 0.5 * rate >= scene.num_samples - 1
        for clip in clips:
            utterance = shipped_speech().find(clip.file)
            expected = resampled_length(utterance.num_frames, utterance.sample_rate, rate)
            assert clip.num_samples == expected


def test_no_utterance_comes_twice_before_all_came():
    (source,) = draw("  them: {signal: {speech: any, pause_s: 0}}\n", duration_s=300).sources
    files = [clip.file for clip in source.signal.clips]
    count = len(shipped_speech().of(source.signal.talker))
    assert len(files) > 2 * count
    for first in range(0, len(files) - count, count):
        assert len(set(files[first : first + count])) == count
    assert files[:count] != files[count : 2 * count]


def test_start_and_pause_are_exact():
    (source,) = draw("  them: {signal: {speech: any, start_s: 0.5, pause_s: 0.25}}\n").sources
    clips = source.signal.clips
    assert clips[0].onset == 8000
    assert clips[1].onset == clips[0].onset + clips[0].num_samples + 4000


def test_who_starts_after_the_end_says_nothing():
    (source,) = draw("  them: {signal: {speech: any, start_s: 4}}\n").sources
    assert source.signal.clips == ()


def test_noise_has_a_key_of_its_own():
    scene = draw("  them: {count: 2, signal: {noise: pink}}\n  others: {signal: {noise: white}}\n")
    assert [source.signal.color for source in scene.sources] == ["pink", "pink", "white"]
    assert len({source.signal.key for source in scene.sources}) == 3


# Folders


def test_a_folder_is_relative_to_the_scene_file(tmp_path, monkeypatch):
    record(tmp_path / "voices", "anna/1.wav", "anna/2.wav", "ben/1.wav")
    scene_file = load(tmp_path, "{folder: voices}", count=2)
    monkeypatch.chdir("/")
    scene = scene_file.draw(seed=1, index=0)
    assert sorted(talkers(scene)) == ["anna", "ben"]
    assert {source.signal.corpus for source in scene.sources} == {"voices"}
    for source in scene.sources:
        assert all(clip.num_samples == 1600 for clip in source.signal.clips)
        assert all(clip.file.startswith(source.signal.talker) for clip in source.signal.clips)


def test_two_groups_share_a_folder_but_no_talker(tmp_path):
    record(tmp_path / "voices", *(f"{name}.wav" for name in "abcd"))
    path = tmp_path / "scene.yaml"
    group = "{count: 2, signal: {folder: voices}}"
    path.write_text(f"{HEAD}  them: {group}\n  others: {group}\n")
    for index in range(5):
        drawn = talkers(SceneFile.load(path).draw(seed=1, index=index))
        assert sorted(drawn) == ["a", "b", "c", "d"]


def test_a_folder_may_be_called_shipped(tmp_path):
    record(tmp_path / "shipped", "anna.wav")
    (source,) = load(tmp_path, "{folder: shipped}").draw(seed=1, index=0).sources
    assert source.signal.talker == "anna"
    assert corpus_of(source.signal.corpus, tmp_path).talkers() == ("anna",)


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("voices", "does not exist"),
        ("scene.yaml", "is not a folder"),
        ("empty", "holds no audio files"),
        ("broken", "bad.wav"),
        ("blips", "blip.wav: lasts less than one sample at 16000 Hz"),
        ("~no-such-user-here/voices", "no such home folder"),
    ],
)
def test_a_folder_that_cannot_be_used_is_named_at_its_line(tmp_path, folder, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "bad.wav").write_bytes(b"no sound")
    record(tmp_path / "blips", "blip.wav", num_frames=1, sample_rate=48_000)
    scene_file = load(tmp_path, f"{{folder: {folder}}}")
    with pytest.raises(SceneError) as caught:
        scene_file.draw(seed=1, index=0)
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.column) == (
        "bad-signal",
        7,
        problem.source_line.index("folder:") + len("folder: ") + 1,
    )
    assert problem.key_path == "sources.them.signal.folder"
    assert message in problem.message


def test_shipped_is_the_speech_in_the_package(tmp_path):
    assert corpus_of(SHIPPED, tmp_path) == shipped_speech()
    with pytest.raises(SignalError, match="does not exist"):
        corpus_of("voices", tmp_path)


# Folders as part of what a dataset is


@pytest.mark.slow
def test_endlessly_many_utterances_are_refused(tmp_path):
    record(tmp_path, "click.wav", num_frames=2)
    scene_file = load(tmp_path, "{folder: ., pause_s: 0}")
    with pytest.raises(SceneError, match=r"bad-signal.*more than 10000 utterances"):
        scene_file.draw(seed=0, index=0)


def test_a_folder_has_a_digest_that_follows_its_files(tmp_path):
    record(tmp_path, "speech/a.wav", "speech/b.wav")
    digests = load(tmp_path, "{folder: speech}").corpora()
    assert list(digests) == ["speech"]
    assert load(tmp_path, "{folder: speech}").corpora() == digests
    record(tmp_path, "other/a.wav", "other/b.wav", num_frames=801)
    assert load(tmp_path, "{folder: other}").corpora()["other"] != digests["speech"]


def test_shipped_speech_is_no_folder():
    assert SceneFile.parse(HEAD + "  them: {signal: {speech: any}}\n").corpora() == {}


def test_folders_start_from_the_base(tmp_path):
    record(tmp_path, "elsewhere/speech/a.wav")
    path = tmp_path / "scene.yaml"
    path.write_text(f"{HEAD}  them: {{signal: {{folder: speech}}}}\n")
    assert SceneFile.load(path, base=tmp_path / "elsewhere").draw(seed=0, index=0).sources
    with pytest.raises(SceneError, match="speech"):
        SceneFile.load(path).draw(seed=0, index=0)
