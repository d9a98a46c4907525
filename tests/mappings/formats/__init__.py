"""Tests of `mappings.formats`."""
