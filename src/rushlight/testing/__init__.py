"""The conformance suite that every capability passes, third-party ones too."""

from rushlight.testing.conformance import check_capability
from rushlight.testing.samples import Samples

__all__ = ["Samples", "check_capability"]
