"""Search by meaning, piece by piece."""
