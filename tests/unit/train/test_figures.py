import numpy as np
import pytest

from geostance.stance.passages import Passage
from geostance.stance.scorer import Judgement
from geostance.train.figures import calibration_error, figures
from geostance.train.stance_data import Row


def row(stance, language="fr", relevant=None, quoted=None, source="press"):
    passage = Passage("Arlande", 0, 7, language)
    return Row(passage, stance, relevant, quoted, "", source, "")


def judged(predicted, relevance=None, quoted=None, evidence=None):
    """Say each of ``predicted`` with .8."""
    n = len(predicted)
    portrayal = np.full((n, 3), 0.1)
    portrayal[np.arange(n), np.array(predicted) + 1] = 0.8
    return Judgement(
        relevance=np.array(relevance or [1.0] * n),
        portrayal=portrayal,
        quoted=np.array(quoted or [0.0] * n),
        evidence=tuple(evidence or [np.zeros(0)] * n),
    )


def test_portrayal_by_class_set_and_language():
    rows = [row(-1), row(-1), row(0), row(1, "de", source="mad-tsc")]
    found = figures(rows, judged([-1, 0, 0, 1]))
    assert found["rows"] == 4
    assert found["f1_unfavourable"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["f1_neutral"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["f1_favourable"] == 1
    assert found["macro_f1"] == pytest.approx(7 / 9, abs=1e-4)
    # Over the classes that the rows hold: two in French, one in German.
    assert found["macro_f1_press_fr"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["macro_f1_mad-tsc_de"] == 1 and found["rows_mad-tsc_de"] == 1


def test_voice_is_measured_on_evaluations_and_relevance_where_it_is_said():
    rows = [row(-1, quoted=True), row(1, quoted=False), row(0, relevant=True), row(0)]
    found = figures(rows, judged([-1, 1, 0, 0], [0, 0, 0.9, 0], [0.9, 0.7, 0.9, 0.9]))
    assert found["voice_accuracy"] == 0.5
    assert found["relevance_f1"] == 1


def test_the_first_sentence_by_evidence_holds_the_span_or_not():
    passage = Passage(
        "Arlande ment. Rien. Tout va.", 0, 7, "fr", (), (), ((0, 13), (14, 19), (20, 28))
    )
    rows = [Row(passage, -1, None, None, "", "press", "", ((8, 12),))] * 2
    found = figures(rows, judged([-1, -1], evidence=[np.array([0.6, 0.2, 0.2]), np.eye(3)[1]]))
    assert found["evidence_first"] == 0.5


def test_a_figure_without_its_labels_is_not_there():
    found = figures([row(0)], judged([0]))
    assert not {"voice_accuracy", "relevance_f1", "f1_favourable"} & set(found)


def test_calibration_error_is_the_gap_between_sureness_and_success():
    sure = np.tile([0.8, 0.1, 0.1], (10, 1))
    right = np.zeros(10, int)
    assert calibration_error(sure, right) == pytest.approx(0.2)
    mostly = np.array([0] * 8 + [1] * 2)
    assert calibration_error(sure, mostly) == pytest.approx(0)
