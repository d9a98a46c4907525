"""The embedded backend: tantivy in the process."""
