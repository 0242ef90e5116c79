"""The audience report: one page, made of panels that capabilities add."""
