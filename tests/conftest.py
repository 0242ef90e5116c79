"""How property tests draw their examples: anew on a developer's machine, the same ones every time in CI."""

import os
import tempfile
from pathlib import Path

from hypothesis import settings

# Tests sign with keys of their own, never with those of whoever runs them.
os.environ["RUSHLIGHT_KEYS"] = str(Path(tempfile.mkdtemp(prefix="rushlight-test-keys-")) / "keys")

settings.register_profile("ci", derandomize=True, database=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
