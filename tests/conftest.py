import polars as pl
import pytest
from hypothesis import settings

from geostance.files import write_table
from geostance.schema import TABLES

# How long an example takes says something of the machine only.
settings.register_profile("geostance", deadline=None)
settings.load_profile("geostance")

HOSTILE = "</textarea><img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
# Each topic in three languages: one read from right to left, one with signs around its letters.
THEMES = {
    "gaz": ("Le gazoduc livre du gaz avant l'hiver", "गैस पाइपलाइन सर्दी से पहले", "خط الغاز ينقل الوقود قبل الشتاء"),
    "vote": ("Le scrutin désigne un maire", "मतदान में महापौर चुना गया", "الاقتراع يختار رئيس البلدية"),
    "mer": ("Un cargo quitte le port", "एक जहाज़ बंदरगाह छोड़ता है", "سفينة تغادر الميناء"),
}  # fmt: skip
LANGUAGES = ("fr", "hi", "ar")


@pytest.fixture
def topic_study(tmp_path):
    """The folder of a study with three topics of three documents and one outlier."""

    def write(part, name, table, *rows):
        frame = pl.DataFrame(rows, schema=TABLES[table], orient="row")
        write_table(tmp_path / part / f"{name}.parquet", frame, table)

    ids = [(f"{theme}-{language}", topic, place) for topic, theme in enumerate(THEMES) for place, language in enumerate(LANGUAGES)]  # fmt: skip
    ids.append(("lone-fr", -1, 0))
    texts = {f"{theme}-{language}": text for theme, said in THEMES.items() for language, text in zip(LANGUAGES, said, strict=True)}  # fmt: skip
    texts["lone-fr"] = "Une éclipse"
    texts["gaz-fr"] += f".\n\n{HOSTILE}"
    write("interim", "documents", "documents", *((one, "a.csv", 1, HOSTILE if one == "gaz-fr" else "Le Phare", None, None, None, None, None, texts[one]) for one, _, _ in ids))  # fmt: skip
    write("interim", "cleaned", "cleaned", *((one, f"Titre {one}", texts[one], LANGUAGES[place], 1.0, None, []) for one, _, place in ids))  # fmt: skip
    write("interim", "unique", "unique", *((one, one, 1, True, "representative", 1.0, 1.0) for one, _, _ in ids))  # fmt: skip
    write("processed", "topics_fitted", "topics", *((one, topic, 1.0, 0.0, 0.0, topic) for one, topic, _ in ids))  # fmt: skip
    write("processed", "topic_info_fitted", "topic_info", *((topic, label, n, []) for topic, label, n in [(-1, "outliers", 1), (0, "0 gazoduc", 3), (1, "1 scrutin", 3), (2, "2 cargo", 3)]))  # fmt: skip
    write(
        "processed", "topic_centres", "topic_centres",
        *((topic, place + 1, LANGUAGES[place], 1, one, 0.9) for one, topic, place in ids),
    )  # fmt: skip
    words = [
        (topic, language, rank, word, word, 1.0)
        for one, topic, place in ids
        for language in ("mul", LANGUAGES[place])
        for rank, word in enumerate(texts[one].split("\n")[0].split()[:4], start=1)
    ]
    words.append((0, "fr", 5, "<b>gras</b>", "<b>gras</b>", 1.0))
    write("processed", "topic_words_fitted", "topic_words", *words)
    (tmp_path / "published").mkdir()
    return tmp_path


PRESS = {
    "ar": ("موسكو تعد بالحبوب", "قالت موسكو إنها سترسل الحبوب إلى الميناء. ورحب التجار بالقرار."),
    "fa": ("پیام مسکو", "مسکو از گفت‌وگو سخن گفت. بازار آرام ماند."),
    "fr": ("Moscou ferme la vanne", "La Russie coupe le gaz. Les villages ont froid 🥶, dit le maire.\n\nMoscou se tait."),
}  # fmt: skip


@pytest.fixture
def coding_study(tmp_path):
    """The folder of a study in which 30 articles were drawn for one target, in three scripts."""

    def write(part, table, *rows):
        frame = pl.DataFrame(rows, schema=TABLES[table], orient="row")
        write_table(tmp_path / part / f"{table}.parquet", frame, table)

    languages = list(PRESS)
    ids = [(f"a{n:02}", languages[n % 3], n) for n in range(30)]
    bodies = {one: PRESS[language][1] for one, language, _ in ids}
    bodies["a05"] += f"\n\n{HOSTILE}"
    write("interim", "documents", *((one, "a.csv", n + 1, HOSTILE if n == 5 else "Le Phare", None, None, None, None, None, bodies[one]) for one, _, n in ids))  # fmt: skip
    write("interim", "cleaned", *((one, PRESS[language][0], bodies[one], language, 1.0, None, []) for one, language, _ in ids))  # fmt: skip
    write("interim", "unique", *((one, one, 1, True, "representative", 1.0, 1.0) for one, _, _ in ids))  # fmt: skip
    write("sampling", "frame", *((one, "russia", "all", n / 30, 1, 0.5) for one, _, n in ids))
    write("processed", "stance", *((one, "russia", -0.6, 0.1, -0.6, 1, 0.7, 0.2, 0.1, 0.0, [], True, True, "s") for one, _, _ in ids))  # fmt: skip
    (tmp_path / "published").mkdir()
    return tmp_path
