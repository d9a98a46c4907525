"""Readers of date statements."""
