"""Search out: index documents, queries, backends, ranking."""
