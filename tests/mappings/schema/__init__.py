"""Tests of the common schema."""
