"""The common record, one file an idea, and the types that cross rooms."""
