"""Tests of lookup tables as files."""
