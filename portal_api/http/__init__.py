"""The HTTP door: routes, parameters, problems, languages, rendering."""
