"""The fonts that travel with the package, so that each script of a corpus is drawn everywhere."""

from importlib import resources

from matplotlib import font_manager

# Latin, Greek and Cyrillic first; Devanagari second because it alone brings the minus sign.
_FONT_FILES = (
    ("NotoSans-Regular.ttf", "geostance Sans", 400),
    ("NotoSans-Bold.ttf", "geostance Sans", 700),
    # The other scripts have no bold of their own here: the regular stands in.
    *(
        (f"NotoSans{script}-Regular.ttf", f"geostance {script}", weight)
        for script in ("Devanagari", "Arabic", "Armenian", "Georgian")
        for weight in (400, 700)
    ),
)


def _register() -> tuple[str, ...]:
    """Make the fonts known to matplotlib; return the names of their families, first to last."""
    # Names of our own, so that another version of the same font on the machine is never taken.
    folder = resources.files("geostance.publish") / "fonts"
    for file, name, weight in _FONT_FILES:
        entry = font_manager.FontEntry(
            fname=str(folder / file),
            name=name,
            style="normal",
            variant="normal",
            weight=weight,
            stretch="normal",
            size="scalable",
        )
        font_manager.fontManager.ttflist.append(entry)
    # DejaVu comes with matplotlib and knows a few more scripts.
    return (*dict.fromkeys(name for _, name, _ in _FONT_FILES), "DejaVu Sans")


FAMILIES = _register()
