"""Served models against a real server on this machine that misbehaves."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket

import pytest
from pydantic import BaseModel, Field

from rushlight.core.errors import CancelledError, InputError, LimitError, ModelError, RushlightError
from rushlight.core.run import Run, running
from rushlight.models.text import Message, load_text_model
from rushlight.models.text.endpoint import read_endpoint
from rushlight.models.text.json_answers import ask_for
from rushlight.models.text.keys import find_key

from .hostile_server import Behaviour, serving

KEY = "sk-Test_0123456789abcdefGHIJ"
FAST = "backoff_seconds=0.01,request_seconds=0.6,seconds=20,answer_bytes=300000"


class Facts(BaseModel):
    title: str = Field(min_length=1, max_length=60)
    count: int = Field(ge=1, le=99)
    lines: list[str] = Field(min_length=1, max_length=5)


TALK = (Message("system", "You list facts."), Message("user", "[1] The tower is lit.\n[2] It stands in the sea."))


def ask(url: str, options: str = FAST, model: str = "tiny") -> Facts:
    return ask_for(load_text_model(f"{url}#{model},{options}"), TALK, Facts, seed=3)


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("RUSHLIGHT_KEY_127_0_0_1", KEY)
    return KEY


def test_a_good_server_is_understood(with_key: str, tmp_path) -> None:
    behaviour = Behaviour(key=KEY)
    run = Run(scratch=tmp_path)
    with serving(behaviour) as url, running(run):
        model = load_text_model(f"{url}#tiny")
        assert ask_for(model, TALK, Facts, seed=3).count in range(1, 100)
        model.report()
    assert run.models[0].name == f"{url}#tiny"
    assert run.models[0].revision == "tiny-2026 fp1"
    assert (run.figures["model_requests"], run.figures["model_tokens_in"]) == (1, 100)
    (asked,) = behaviour.asked
    assert asked["response_format"]["type"] == "json_schema"
    assert "tools" not in asked
    assert behaviour.seen[0]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "fault",
    ["chatter", "malformed", "prose", "wrong_types", "out_of_bounds", "truncated", "empty", "deep", "shape", "busy",
     "busy_after", "broken", "reset", "half", "page", "noise", "packed", "silent", "drip", "drip_head"],
)  # fmt: skip
def test_one_fault_is_survived(fault: str) -> None:
    with serving(Behaviour(fault=fault, times=1)) as url:
        found = ask(url)
    assert 1 <= found.count <= 99
    assert 1 <= len(found.lines) <= 5
    assert len(found.title) <= 60


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("malformed", ModelError, "no usable answer in 3 tries"),
        ("prose", ModelError, "no JSON object"),
        ("wrong_types", ModelError, "no usable answer"),
        ("empty", ModelError, "empty"),
        ("deep", ModelError, "no usable answer"),
        ("shape", ModelError, "not that of an OpenAI-compatible server"),
        ("busy", ModelError, "429"),
        ("broken", ModelError, "500: internal"),
        ("reset", ModelError, "broke"),
        ("half", ModelError, "broke"),
        ("page", ModelError, "not that of an OpenAI-compatible server"),
        ("noise", ModelError, "broke"),
        ("silent", ModelError, "took too long"),
        ("drip", ModelError, "took too long"),
        ("drip_head", ModelError, "took too long"),
        ("endless", ModelError, "more than 300000 bytes"),
        ("bomb", ModelError, "more than 300000 bytes"),
    ],
)
def test_a_lasting_fault_is_one_clear_error(fault: str, kind: type[RushlightError], words: str) -> None:
    behaviour = Behaviour(fault=fault)
    with serving(behaviour) as url, pytest.raises(kind, match=words) as caught:
        ask(url)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert len(behaviour.asked) <= 5


def test_numbers_out_of_bounds_are_drawn_to_them() -> None:
    with serving(Behaviour(fault="out_of_bounds")) as url:
        found = ask(url)
    assert found.count == 99
    assert len(found.lines) == 5
    assert len(found.title) <= 60


def test_a_server_that_knows_fewer_options_is_asked_for_less() -> None:
    behaviour = Behaviour(refuses=("json_schema", "json_object", "max_tokens", "seed", "temperature"))
    with serving(behaviour) as url:
        ask(url)
        assert "response_format" not in behaviour.asked[-1]
        assert "max_completion_tokens" in behaviour.asked[-1]


def test_retry_after_is_honoured_within_the_budget() -> None:
    slept: list[float] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    from rushlight.models.text.served import ServedModel

    with serving(Behaviour(fault="busy_after", times=1, retry_after="7")) as url:
        model = ServedModel(read_endpoint(f"{url}#tiny"), clock=lambda: now[0], sleep=sleep)
        ask_for(model, TALK, Facts, seed=1)
    assert sum(slept) == pytest.approx(7)
    with serving(Behaviour(fault="busy_after", retry_after="99999")) as url, pytest.raises(LimitError, match="99999 s"):
        ask(url)


@pytest.mark.parametrize("value", ["nan", "-5", "soon", "Wed, 99 Foo 2026", "1e9", ""])
def test_a_senseless_retry_after_is_passed_over(value: str) -> None:
    with serving(Behaviour(fault="busy_after", times=2, retry_after=value)) as url:
        assert ask(url).lines


def test_requests_are_spaced_by_the_rate_limit() -> None:
    from rushlight.models.text.served import ServedModel

    now = [100.0]
    with serving(Behaviour()) as url:
        model = ServedModel(
            read_endpoint(f"{url}#tiny,per_minute=6"),
            clock=lambda: now[0],
            sleep=lambda s: now.__setitem__(0, now[0] + s),
        )
        for _ in range(3):
            ask_for(model, TALK, Facts, seed=1)
    assert now[0] == pytest.approx(120.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("requests=2", "budget of 2 requests"),
        ("tokens=200", "budget of tokens"),
        ("cost_eur=0.0001,eur_per_million_in=1,eur_per_million_out=1", "budget of money"),
        ("seconds=0.3,backoff_seconds=0.2", "0.3 seconds|less is left"),
    ],
)
def test_budgets_end_the_work(options: str, words: str) -> None:
    def work(url: str) -> None:
        model = load_text_model(f"{url}#tiny,{options}")
        for seed in range(60):
            with contextlib.suppress(ModelError):
                ask_for(model, TALK, Facts, seed=seed)

    with serving(Behaviour(fault="prose")) as url, pytest.raises(LimitError, match=words):
        work(url)


@pytest.mark.parametrize(
    "fault", ["key_in_text", "key_in_model", "key_in_error", "key_in_error_500", "key_in_location"]
)
def test_the_key_is_shown_nowhere(fault: str, with_key: str, tmp_path, capfd: pytest.CaptureFixture[str]) -> None:
    run = Run(scratch=tmp_path)
    shown = ""
    with serving(Behaviour(fault=fault)) as url, running(run):
        model = load_text_model(f"{url}#tiny,{FAST}")
        try:
            shown += ask_for(model, TALK, Facts, seed=1).model_dump_json()
        except ModelError as error:
            shown += f"{error}{error.hint}{error!r}{error.__cause__}"
        model.report()
    shown += repr(run) + repr(model.__dict__) + "".join(capfd.readouterr())
    for piece in (KEY, KEY.lower().replace("_", "-"), KEY[3:14], "0123456789"):
        assert piece not in shown


def test_the_key_goes_to_its_own_host_alone(with_key: str) -> None:
    other = Behaviour()
    with serving(other) as elsewhere:
        target = elsewhere.replace("127.0.0.1", "localhost") + "/chat/completions"
        first = Behaviour(fault="redirect", elsewhere=target)
        with serving(first) as url, pytest.raises(ModelError, match="redirects to localhost"):
            ask(url)
    assert other.seen == []
    with serving(Behaviour()) as url:
        ask(url.replace("127.0.0.1", "localhost"))
    assert find_key(read_endpoint("http://localhost:1/v1#m")) is None
    assert find_key(read_endpoint("https://127-0-0-1.example/v1#m")) is None


def test_hosts_do_not_share_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("RUSHLIGHT_KEY_API_EXAMPLE_ORG", KEY)
    assert find_key(read_endpoint("https://api.openai.com/v1#m")) is not None
    assert find_key(read_endpoint("https://api.example.org/v1#m")) is not None
    for other in ("api-example.org", "api.example-org", "api.openai.com.evil.example", "api-openai.com"):
        assert find_key(read_endpoint(f"https://{other}/v1#m")) is None
    with pytest.raises(ModelError, match="unencrypted") as caught:
        find_key(read_endpoint("http://api.example.org/v1#m"))
    assert KEY not in str(caught.value)
    key = find_key(read_endpoint("https://api.example.org/v1#m"))
    assert KEY not in f"{key!r}{key}"
    with pytest.raises(TypeError):
        pickle.dumps(key)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("http://user:secretsecret@localhost/v1#m", "name, password or query"),
        ("http://localhost/v1?api_key=secretsecret#m", "name, password or query"),
        ("http://localhost/v1", "which model"),
        ("http://localhost/v1#", "which model"),
        ("http://#m", "address"),
        ("http://a b/v1#m", "address"),
        ("http://[::zz]/v1#m", "address"),
        ("http://-a.example/v1#m", "address"),
        ("http://localhost:99999/v1#m", "address"),
        ("http://localhost/v1#m,secretsecret", "limit called|limit"),
        ("http://localhost/v1#m,seconds=soon", "a number"),
        ("http://localhost/v1#m,seconds=0", "above zero"),
        ("http://localhost/v1#m,seconds=nan", "above zero"),
        ("http://localhost/v1#m,cost_eur=1", "prices"),
    ],
)
def test_wrong_settings_are_refused(setting: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        load_text_model(setting)
    if "user" in setting or "?" in setting:
        assert "secretsecret" not in str(caught.value)


def test_nobody_there_wrong_model_and_wrong_key_are_said(with_key: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ModelError, match=f"No model answers at http://127.0.0.1:{port}/v1: the connection is refused"):
        ask(f"http://127.0.0.1:{port}/v1")
    with serving(Behaviour()) as url:
        with pytest.raises(ModelError, match="404") as caught:
            ask(url, model="huge")
        assert caught.value.hint == "The server has: tiny, large."
    with serving(Behaviour(key="another-key-0000")) as url:
        with pytest.raises(ModelError, match="does not accept the key") as caught:
            ask(url)
        assert "RUSHLIGHT_KEY_127_0_0_1" in caught.value.hint
        assert KEY not in str(caught.value)
        os.environ.pop("RUSHLIGHT_KEY_127_0_0_1")
        with pytest.raises(ModelError, match="wants a key"):
            ask(url)


def test_cancelling_ends_a_request_that_is_under_way(tmp_path) -> None:
    behaviour = Behaviour(fault="silent")
    run = Run(scratch=tmp_path, is_cancelled=lambda: bool(behaviour.asked))
    with serving(behaviour) as url, running(run), pytest.raises(CancelledError):
        ask(url, "request_seconds=60")
