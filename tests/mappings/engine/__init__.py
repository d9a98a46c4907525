"""Tests of `mappings.engine`."""
