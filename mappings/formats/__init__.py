"""Readers of outside bytes; the only parser calls of the house."""
