"""Many institutions as one: pipeline, linkage, storage, access, ledger."""
