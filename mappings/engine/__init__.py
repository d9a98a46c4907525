"""The rule language: loaded, checked, compiled, applied."""
