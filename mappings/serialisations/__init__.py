"""The common record in other formats."""
