"""Tests of the date readers."""
