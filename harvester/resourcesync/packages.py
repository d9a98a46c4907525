"""A package of resources: a ZIP file whose manifest says what lies where (ANSI/NISO Z39.99-2017, 11.2 and 14.2)."""

from __future__ import annotations

from pathlib import Path

from harvester.files.packages import ZipMembers
from harvester.files.units import FileRefused, PackageLimits
from harvester.resourcesync.documents import Entry, read_document
from harvester.resourcesync.place import Kind
from mappings.errors import DocumentRefused

MANIFEST = "manifest.xml"
_MANIFEST_BYTES = 64 << 20


class Package:
    """An open package.

    raises  FileRefused: `manifest_missing`, `manifest_refused`, and what an archive is refused for
    """

    def __init__(self, path: Path, kind: Kind, limits: PackageLimits = PackageLimits()) -> None:  # noqa: B008
        self._members = ZipMembers(path, limits)
        try:
            #: what the manifest names, in its order
            self.entries = _entries(self._members.read(MANIFEST, _MANIFEST_BYTES), kind)
        except FileRefused:
            self.close()
            raise

    def body(self, entry: Entry, most_bytes: int) -> bytes | None:
        """What lies in the package for an entry; None where nothing does, or more than `most_bytes`."""
        return self._members.read(entry.path.lstrip("/"), most_bytes) if entry.path else None

    def close(self) -> None:
        """Closes the package."""
        self._members.close()


def _entries(body: bytes | None, kind: Kind) -> tuple[Entry, ...]:
    if body is None:
        raise FileRefused("manifest_missing", f"expected a {MANIFEST} of at most {_MANIFEST_BYTES} bytes, found none")
    try:
        found = read_document(body)
    except DocumentRefused as refused:
        raise FileRefused("manifest_refused", str(refused), MANIFEST) from refused
    said = found.capability if found else "no document of ResourceSync"
    if found is None or found.is_index or said != f"{kind}-manifest":
        raise FileRefused("manifest_refused", f"expected a {kind}-manifest, found {said}", MANIFEST)
    return found.entries
