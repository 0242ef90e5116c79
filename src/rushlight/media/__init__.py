"""Reading, writing and guarding sound and picture files."""
