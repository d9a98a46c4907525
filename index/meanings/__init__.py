"""What words of a query may name: times, places, kinds, languages, holders, other names of a thing."""
