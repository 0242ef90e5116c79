"""Keeping a film honest: credentials, ledger, rights, consent, contribution, approvals; one capability a file."""
