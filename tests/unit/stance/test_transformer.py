import json
import sys

import numpy as np
import pytest

from geostance.errors import ConfigError, MissingPackageError, ModelError
from geostance.settings.stance import StanceSettings, TransformerSettings
from geostance.stance.scorer import load_scorer
from geostance.stance.transformer import FORMAT, Calibration, TransformerScorer


def refused(error, settings):
    with pytest.raises(error) as found:
        TransformerScorer.of(settings)
    assert len(str(found.value).splitlines()) == 3
    return found.value


def test_a_scorer_without_a_model_is_refused():
    settings = StanceSettings(scorer="transformer")
    with pytest.raises(ConfigError, match="has no model"):
        load_scorer(settings)


def test_a_hub_model_needs_its_revision():
    error = refused(ModelError, TransformerSettings(model="owner/model"))
    assert error.where == "stance.transformer.revision"


def test_a_folder_that_training_did_not_make_is_refused(tmp_path):
    error = refused(ModelError, TransformerSettings(model=str(tmp_path)))
    assert "geostance train stance" in error.mend


def test_without_the_extra_it_says_how_to_install_it(tmp_path, monkeypatch):
    keys = ("name", "length", "calibration", "measured_languages", "calibrated_languages")
    (tmp_path / "model.json").write_text(json.dumps({"format": FORMAT, **dict.fromkeys(keys)}))
    monkeypatch.setitem(sys.modules, "transformers", None)
    error = refused(MissingPackageError, TransformerSettings(model=str(tmp_path)))
    assert "EXTRAS=transformers" in error.mend


def test_calibration_scales_and_shifts_the_logits():
    values = np.array([[0.0, 0.0, 2.0, 1.0, -1.0]])
    plain = Calibration().probabilities(values)[0]
    assert plain[:3].sum() == pytest.approx(1, abs=1e-4)
    calibrated = Calibration((0.5, 0.5, 0.5, 2.0, 1.0), (0.0, 0.0, 0.0, -2.0, 1.0))
    blunt = calibrated.probabilities(values)[0]
    assert 1 / 3 < blunt[2] < plain[2]
    assert blunt[3] == blunt[4] == 0.5
