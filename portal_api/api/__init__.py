"""The JSON doors, a module a resource."""
