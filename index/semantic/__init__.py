"""Search by meaning: texts as vectors, kept beside the index, and what is near a query. numpy is needed here alone."""
