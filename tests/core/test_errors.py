import inspect

import pytest

from rushlight.core import errors


def test_every_error_is_also_a_builtin_and_has_its_own_exit_code() -> None:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.RushlightError)]
    assert len(classes) <= 12
    own = [c for c in classes if c is not errors.RushlightError]
    for found in own:
        assert any(base.__module__ == "builtins" and base is not Exception for base in found.__mro__[2:-3]), found
    codes = [found.exit_code for found in classes]
    assert len(codes) == len(set(codes))


def test_message_names_file_and_place() -> None:
    error = errors.InputError("This is broken.", path="a/b.toml", where="line 3", hint="Mend it.")
    assert str(error) == "a/b.toml, line 3: This is broken."
    assert error.hint == "Mend it."
    with pytest.raises(ValueError, match="broken"):
        raise error
