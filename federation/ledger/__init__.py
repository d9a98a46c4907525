"""What was done, by whom and when, so that nobody can rewrite it unseen: entries, the tree over them. No I/O."""
