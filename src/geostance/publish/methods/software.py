"""What the methods say of the software."""

from geostance.publish.manifest import MANIFEST
from geostance.publish.methods.study import Facts, Section, Study


def _software(study: Study) -> Facts:
    return {"versions": study.versions, "manifest": MANIFEST, "hash": "SHA-256"}


SOFTWARE = Section("software", _software)
