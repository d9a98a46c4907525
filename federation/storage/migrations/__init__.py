"""Migrations of the store's schema; until a release there is one, which `make schema` writes."""
