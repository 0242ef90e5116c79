"""The small centre: capability, artifact, project, record, store, run, errors, units."""
