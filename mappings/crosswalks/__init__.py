"""The base crosswalks, as data."""
