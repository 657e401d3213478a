"""Look the lock's packages up: under which licence each is, and whether a weakness of it is known.

``python tools/audit.py licences [--table]`` needs no network; ``advisories`` asks PyPI. Exit codes:
0 nothing is wrong, 1 something is, 3 not all could be looked up, which says nothing either way.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
INCOMPLETE = 3

# Licences that ask for no more than that they are kept; SPDX and how packages spell them.
PERMISSIVE = frozenset(
    {
        *("0BSD", "BSD", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "3-Clause BSD License"),
        *("MIT", "MIT License", "MIT-0", "MIT-CMU", "ISC", "ISC License (ISCL)", "Zlib", "CC0-1.0"),
        *("Apache-2.0", "Apache 2.0", "Apache License, Version 2.0", "Apache Software License"),
        *("PSF-2.0", "Python Software Foundation License", "CNRI-Python", "LLVM-exception"),
    }
)
# The others, each with the reason why it may stand in the lock.
EXCEPTIONS = {
    "certifi": "MPL-2.0: used unchanged; the licence is by file",
    "fqdn": "MPL-2.0: used unchanged; the licence is by file",
    "gensim": "LGPL-2.1: a library that is imported unchanged and can be replaced by its user",
    "hypothesis": "MPL-2.0: for tests only, used unchanged",
    "krippendorff": "GPL-3.0: an oracle of tests only; no part of geostance imports or ships it",
    "pathspec": "MPL-2.0: used unchanged; the licence is by file",
    "ppi-python": "names none in its metadata; its file LICENSE is MIT; an oracle of tests only",
    "tld": "MPL-1.1, GPL-2.0 or LGPL-2.1 at choice: MPL is chosen; used unchanged",
    "tqdm": "MPL-2.0 and MIT: used unchanged; the licence is by file",
}


def say(line: str) -> None:
    """Write one line for whoever runs this."""
    sys.stderr.write(f"{line}\n")


def locked() -> dict[str, str]:
    """Return the version of each package in the lock."""
    text = LOCK.read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE))


def installed_licences() -> dict[str, str]:
    """Return the licence of each installed package, by its name in the lock's spelling."""
    command = [
        sys.executable,
        "-m",
        "piplicenses",
        "--format=json",
        "--from=mixed",
        "--with-system",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(
            f"pip-licenses does not run: {done.stderr.strip()}\n  mend:  pip install pip-licenses"
        )
    found = {}
    for package in json.loads(done.stdout):
        found[re.sub(r"[-_.]+", "-", package["Name"]).lower()] = package["License"]
    return found


def is_permissive(licence: str) -> bool:
    """Tell whether all parts of a licence expression are permissive, or one where OR stands."""
    if " OR " in licence:
        return any(is_permissive(part) for part in licence.split(" OR "))
    parts = re.split(r" AND | WITH |; ?", licence)
    return all(part.strip() in PERMISSIVE for part in parts)


def refused(licences: Mapping[str, str]) -> dict[str, str]:
    """Return the packages whose licence is neither permissive nor excepted."""
    return {
        name: licence
        for name, licence in licences.items()
        if name not in EXCEPTIONS and not is_permissive(licence)
    }


def licences(table: bool) -> int:
    """Check the licences of the lock's packages that are installed here."""
    pins, known = locked(), installed_licences()
    found = {name: known[name] for name in pins if name in known}
    absent = sorted(pins.keys() - found.keys())
    if table:
        by_licence: dict[str, list[str]] = {}
        for name, licence in found.items():
            by_licence.setdefault(licence, []).append(name)
        sys.stdout.write("| licence | packages |\n|---|---|\n")
        for licence, names in sorted(by_licence.items(), key=lambda one: (-len(one[1]), one[0])):
            sys.stdout.write(f"| {licence} | {len(names)}: {', '.join(names)} |\n")
    bad = refused(found)
    for name, licence in bad.items():
        say(f"not allowed: {name} {pins[name]} is under {licence}")
    say(f"licences: {len(found)} of {len(pins)} looked at, {len(bad)} not allowed")
    if absent:
        say(f"not installed here, so not looked at: {', '.join(absent)}")
    return 1 if bad else 0


def summary(report: Mapping[str, list[dict]]) -> tuple[list[str], int, int]:
    """Return the weaknesses in a report of pip-audit, and how many were asked and were not."""
    packages = report["dependencies"]
    skipped = sum("skip_reason" in package for package in packages)
    weak = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no version'}"
        for package in packages
        for fault in package.get("vulns", [])
    ]
    return weak, len(packages) - skipped, skipped


def advisories() -> int:
    """Ask PyPI for known weaknesses; what could not be asked is said, never passed over."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--no-deps", "--disable-pip"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off", "--format", "json"], capture_output=True, text=True
    )
    try:
        weak, n_asked, n_skipped = summary(json.loads(done.stdout))
    except ValueError:
        said = done.stderr.strip().splitlines()[-1:] or ["nothing"]
        say(f"advisories: none were looked up; pip-audit says: {said[0]}")
        return INCOMPLETE
    for line in weak:
        say(line)
    say(f"advisories: {n_asked} packages looked up, {len(weak)} weaknesses known")
    if n_skipped:
        say(f"{n_skipped} packages could NOT be looked up: nothing is known of them")
    return 1 if weak else INCOMPLETE if n_skipped else 0


def main() -> None:
    """Run one of the two looks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("licences", "advisories"))
    parser.add_argument("--table", action="store_true", help="print every package by its licence")
    options = parser.parse_args()
    sys.exit(licences(options.table) if options.what == "licences" else advisories())


if __name__ == "__main__":
    main()
