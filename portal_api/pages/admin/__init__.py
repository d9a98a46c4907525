"""Pages for people with a role: institutions, feeds, runs, jobs."""
