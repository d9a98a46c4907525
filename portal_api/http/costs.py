"""What requests cost, in points: what is read from the store, proposes words, asks the index, tries a repository."""

READ, SUGGEST, SEARCH, TRIAL = 1, 5, 30, 300
