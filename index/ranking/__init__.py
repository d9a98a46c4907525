"""Why a hit stands where it does: clauses and reasons."""
