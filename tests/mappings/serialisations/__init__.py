"""Tests of what records are written as."""
