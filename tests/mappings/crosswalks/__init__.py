"""Tests of `mappings.crosswalks`."""
