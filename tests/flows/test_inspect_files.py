from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from rushlight.core.errors import InputError
from rushlight.core.project import open_project
from rushlight.flows.inspect_files import inspect_files
from rushlight.flows.inspection_page import inspection_page
from rushlight.flows.make_film import Film
from rushlight.flows.sign_result import announce_keys, sign_file
from tests.flows.conftest import small_project


def test_a_folder_of_all_sorts(tmp_path: Path) -> None:
    announce_keys(lambda message: None)
    project, _ = small_project(tmp_path)
    folder = tmp_path / "files"
    folder.mkdir()
    plain = folder / "plain.png"
    Image.fromarray(np.arange(48 * 64 * 3, dtype=np.uint32).reshape(48, 64, 3).astype(np.uint8)).save(plain)
    signed = sign_file(project, plain, source_type="trainedAlgorithmicMedia").file.path
    shutil.copyfile(signed, folder / "signed.png")
    (folder / "changed.png").write_bytes(signed.read_bytes()[:-200] + bytes(100) + signed.read_bytes()[-100:])
    (folder / "notes.txt").write_text("not media")
    (folder / ".hidden.png").write_bytes(b"x")
    found = inspect_files(folder)
    assert {one.path.name: one.verdict.verdict for one in found.files if one.verdict} == {
        "plain.png": "absent", "signed.png": "trusted", "changed.png": "invalid",
    }  # fmt: skip
    assert found.counts() == {"absent": 1, "trusted": 1, "invalid": 1}
    text = found.as_text()
    assert "say nothing about a file" in text
    assert "fake" not in text.lower()
    assert found.as_dict()["files"][2]["is_generated"] is True


def test_in_a_project_it_says_which_step_made_a_file(made: tuple[Path, Film]) -> None:
    found = inspect_files(made[1].renders["16:9"])
    assert found.files[0].made_here == "render_film"
    assert "made here by the step render_film" in found.as_text()


def test_nothing_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        inspect_files(tmp_path / "none")
    (tmp_path / "x.png").write_bytes(b"x")
    with pytest.raises(InputError, match="no list of roots"):
        inspect_files(tmp_path, str(tmp_path / "x.png"))


def test_a_stripped_copy_is_known_by_how_it_looks(made: tuple[Path, Film], tmp_path: Path) -> None:
    copy, other = tmp_path / "copy.mp4", tmp_path / "other.png"
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    film = str(made[1].renders["16:9"])
    subprocess.run([ffmpeg, "-v", "error", "-i", film, "-crf", "30", "-map_metadata", "-1", str(copy)], check=True)
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (48, 64, 3), dtype=np.uint8)).save(other)
    shutil.copytree(made[0] / "film", tmp_path / "project")
    found = inspect_files(copy, against=open_project(tmp_path / "project"))
    assert found.files[0].verdict is not None
    assert found.files[0].verdict.verdict == "absent"
    assert found.files[0].known_as == "renders/clock.mp4"
    assert "which is signed" in found.as_text()
    assert inspect_files(other, against=open_project(tmp_path / "project")).files[0].known_as == ""


def test_looking_deeper_reads_marks_and_judges_on_one_page(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    rng = np.random.default_rng(0)
    grain = np.clip(rng.normal(128, 30, (240, 320, 3)), 0, 255).astype(np.uint8)
    Image.fromarray(grain).save(folder / "<grain>.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    found = inspect_files(folder, deep=True, prior=0.2)
    by_name = {one.path.name: one for one in found.files}
    broken, whole = by_name["broken.png"], by_name["<grain>.png"]
    assert broken.unseen or broken.error
    assert whole.marks is not None
    assert not whole.marks.found
    assert whole.detection is not None
    assert whole.detection.prior == 0.2
    page = inspection_page(found)
    assert "<grain>" not in page
    assert "Marks" in page
    assert "Made or changed by machine?" in page
