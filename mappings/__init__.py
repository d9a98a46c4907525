"""The common schema and the rules that lead into it. Pure: no file, no network, no clock."""
