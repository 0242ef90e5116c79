"""The conformance suite that every capability passes, third-party ones too."""
