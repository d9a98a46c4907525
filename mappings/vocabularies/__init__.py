"""Closed vocabularies of the common record, as data."""
