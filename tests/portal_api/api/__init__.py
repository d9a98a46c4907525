"""Tests of `portal_api.api`."""
