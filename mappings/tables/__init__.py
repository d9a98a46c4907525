"""Lookup tables that people keep: their rows, and the files in which they go in and out."""
