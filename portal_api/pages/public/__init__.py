"""What everybody may read: home, results, things, institutions, about."""
