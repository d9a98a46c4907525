"""Records, jobs, clusters, accounts and ledger in SQL: one small module an aggregate."""
