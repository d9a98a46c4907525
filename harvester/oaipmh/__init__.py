"""OAI-PMH 2.0 as a harvester meets it; pure."""
