"""ResourceSync (ANSI/NISO Z39.99-2017) as it is read: its documents, and where a fetch stands among them; pure."""
