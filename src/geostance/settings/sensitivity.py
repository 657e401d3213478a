"""Settings of the claims that are drawn again under other choices."""

from geostance.settings.basis import Settings, Share


class SensitivitySettings(Settings):
    """What would change a study's claims: the mean of each target, their order, and differences."""

    # Besides stance.relevance_threshold.
    thresholds: tuple[Share, ...] = (0.1, 0.4)
    # Further claims: a column of the documents, a group, and the group it is held against.
    differences: tuple[tuple[str, str, str], ...] = ()
