"""Catalogues that come as files: unpacked, split into units, identified; mapping them is the crosswalk's."""
