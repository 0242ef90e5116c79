from importlib import import_module

from rushlight.core.index import capability_index, load_index


def test_every_entry_names_a_module_that_defines_it() -> None:
    for name, module in capability_index().items():
        assert callable(getattr(import_module(module), name))


def test_entries_hold_what_help_needs() -> None:
    for entry in load_index()["capabilities"].values():
        assert {"command", "area", "summary", "doc", "inputs", "parameters", "returns"} <= set(entry)
        assert entry["summary"].endswith(".")
