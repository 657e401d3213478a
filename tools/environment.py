"""Make the environment from the lock; standard library only, so that a bare Python runs it.

Writes ``geostance.mk`` into the environment when the lock is installed: it says that the base is
whole, and extras are then added to it without building it again.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)


def main() -> None:
    """Make the environment where it is not whole yet, then add the extras."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="environment to make or fill")
    parser.add_argument("--state", required=True, help="checksum to write into geostance.mk")
    parser.add_argument("--extras", default="", help="extras beside the lock, such as transformers")
    options = parser.parse_args()
    folder: Path = options.folder
    python = folder / "bin" / "python"
    ready, state = folder / "geostance.mk", f"ENV_STATE := {options.state}\n"

    if not ready.exists() or ready.read_text(encoding="utf-8") != state:
        build(folder, python)
        partial = ready.with_suffix(".part")
        partial.write_text(state, encoding="utf-8")
        partial.replace(ready)
    if options.extras:
        install_extras(python, options.extras)


def build(folder: Path, python: Path) -> None:
    """Install what the lock names, in a new ``.venv`` or in the environment that is there."""
    if folder.name == ".venv":
        ours = fitting_python()
        if ours != sys.executable:
            # Another interpreter on this machine fits; it makes the environment.
            os.execv(ours, [ours, *sys.argv])
        try:
            venv.EnvBuilder(with_pip=True, clear=True).create(folder)
        except subprocess.CalledProcessError:
            # Debian and Ubuntu ship Python without the part that brings pip.
            sys.exit(
                "MissingPackageError: this Python cannot put pip into an environment\n"
                f"  where: {sys.executable}\n"
                "  mend:  install its venv package (apt install python3-venv), then make env"
            )
    install(python, ["--no-deps", "--require-hashes", "-r", "requirements.lock"])
    install(python, ["--no-deps", "--no-build-isolation", "-e", "."])


def fitting_python() -> str:
    """Return an interpreter the lock was made for: this one, or a newer or older one on PATH."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        works = found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0
        if works:
            return str(found)
    sys.exit(
        f"MissingPackageError: Python {sys.version.split()[0]} is not between 3.11 and 3.13\n"
        f"  where: {sys.executable}\n"
        "  mend:  install Python 3.11, 3.12 or 3.13, or: conda env create -f environment.yml"
    )


def install(python: Path, arguments: list[str]) -> None:
    """Install with uv where there is one, else with pip."""
    uv = shutil.which("uv")
    command = (
        [uv, "pip", "install", "--quiet", "--python", str(python)]
        if uv
        else [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    )
    done = subprocess.run([*command, *arguments])
    if done.returncode:
        sys.exit(
            f"MissingPackageError: the packages were not installed (exit {done.returncode})\n"
            f"  where: {python}\n"
            "  mend:  look at the message above; run make env again once it is mended"
        )


def install_extras(python: Path, extras: str) -> None:
    """Install extras at versions of their own, with everything locked kept as it is.

    PyTorch comes first and by itself, so that its CPU build is taken where pip offers one.
    """
    lock = Path("requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+==[^\s\\]+(?: ; [^\\\n]+)?)", lock, re.MULTILINE)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as constraints:
        constraints.write("\n".join(pin.strip() for pin in pins))
    try:
        if {"transformers", "train"} & set(extras.split(",")):
            install(python, ["torch==2.13.0"])
        install(python, ["-c", constraints.name, "--no-build-isolation", "-e", f".[{extras}]"])
    finally:
        Path(constraints.name).unlink()


if __name__ == "__main__":
    main()
