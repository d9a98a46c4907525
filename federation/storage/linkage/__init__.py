"""What linkage keeps: derived rows that may be dropped and made again, and people's judgements, which may not."""
