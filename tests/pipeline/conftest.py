"""A study of eight short articles, which keeps each run to a few seconds a stage."""

import subprocess
from pathlib import Path

import pytest

from geostance.files import sha256

ROOT = Path(__file__).parents[2]

ARTICLES = {
    "Le Phare": {
        "2024-01-10_gaz.txt": "Moscou coupe le gaz\n\nPar Anne Lebel\n\nLa Russie a coupé les livraisons "
        "de gaz sans prévenir. Des milliers de foyers sont menacés par le froid.\n\n12 commentaires\n",
        "2024-02-11_otan.txt": "L'Otan envoie un navire\n\nL'Otan a envoyé un navire pour secourir les "
        "pêcheurs. L'Alliance a sauvé douze marins, salués par tous.\n",
        "2024-03-12_ecole.txt": "Une école rouvre\n\nAprès deux ans de travaux, l'école du village "
        "accueille de nouveau soixante élèves et trois institutrices.\n",
    },
    "The Quay": {
        "2024-01-15_trade.txt": "India signs a trade deal\n\nIndia signed a trade agreement on tea and "
        "steel on Monday. The ministers met for two hours.\n",
        "2024-02-20_talks.txt": "Talks resume\n\nDelegates from Russia and NATO met on Tuesday to "
        "discuss the border. No date was set for another meeting.\n",
        "2024-03-25_cup.txt": "Home side wins the cup\n\nThe home side won the cup after a late goal in "
        "front of nine thousand people on Saturday.\n",
    },
    "Der Kai": {
        "2024-03-02_gipfel.txt": "Nato berät über Häfen\n\nDie Nato berät am Freitag über den Schutz der "
        "Häfen. Ein Beschluss wird erst im Herbst erwartet.\n",
    },
    "Причал": {
        "2024-03-09_торг.txt": "Индия покупает зерно\n\nИндия договорилась с Россией о закупке зерна. "
        "Первые суда выйдут из порта в апреле.\n",
    },
}


@pytest.fixture(scope="session", autouse=True)
def _environment_of_make():
    if not (ROOT / ".venv" / "geostance.mk").exists():
        pytest.skip("needs the environment of make env")
    with pytest.MonkeyPatch.context() as patch:
        # A make that runs these tests would give its options to those inside.
        for name in ("MAKEFLAGS", "MAKELEVEL"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def contents():
    """The hash of every published file; run records hold seconds and are left out."""

    def hashes(data: Path) -> dict[str, str]:
        """Return the hash of every published file; run records hold seconds and are left out."""
        published = data / "published"
        return {
            path.relative_to(published).as_posix(): sha256(path)
            for path in sorted(published.rglob("*"))
            if path.is_file()
            and not path.name.endswith(".run.json")
            and not path.name.startswith(".")
        }

    return hashes


@pytest.fixture(scope="session")
def new_study(tmp_path_factory):
    """Write a study of which nothing is made yet; return its folder and its configuration."""

    def write():
        data = tmp_path_factory.mktemp("study")
        for outlet, files in ARTICLES.items():
            (data / "raw" / outlet).mkdir(parents=True)
            for name, text in files.items():
                (data / "raw" / outlet / name).write_text(text, encoding="utf-8")
        (data / "annotations").mkdir()
        config = data / "study.yml"
        config.write_text("publish:\n  title: Eight articles\n")
        return data, config

    return write


@pytest.fixture(scope="session")
def make():
    """Run make on a study; return the stages it ran, in order, and its messages."""

    def run(data, *goals, config=None, check=True, **variables):
        command = [
            "make",
            f"DATA={data}",
            *([f"CONFIG={config}"] if config else []),
            *(f"{name}={value}" for name, value in variables.items()),
            *(goals or ("all",)),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr
        stages = [line.split()[0] for line in done.stderr.splitlines() if line.endswith(" s)")]
        return stages, done

    return run
