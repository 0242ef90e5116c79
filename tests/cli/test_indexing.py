import json
from importlib.resources import files

from rushlight.cli.indexing import build_index


def test_the_index_is_up_to_date() -> None:
    text = files("rushlight").joinpath("index.json").read_text(encoding="utf-8")
    assert json.loads(text) == json.loads(json.dumps(build_index())), "run `make index`"
