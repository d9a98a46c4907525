"""What a query means: the typed tree, its notations, its limits and how it becomes primitives."""
