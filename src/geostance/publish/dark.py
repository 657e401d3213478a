"""A figure for a dark page: every colour turned to its light counterpart, its hue kept.

Lightness is turned over in OKLab, so that what stood out on white stands out on black, and as
much. It works on any figure, whoever drew it. Source: B. Ottosson, A perceptual color space for
image processing, 2020.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import Collection
from matplotlib.colors import Colormap, ListedColormap, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

# Lightness of what is white on paper, and how far that of black is above it.
_PAGE, _SPAN = 0.21, 0.95

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def turned(colours: object) -> np.ndarray:
    """Return colours for a dark page: (n, 4), red, green, blue and opacity in [0, 1]."""
    rgba = to_rgba_array(colours)
    rgb = rgba[:, :3]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab = np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T
    lightness = np.clip(_PAGE + _SPAN * (1 - lab[:, :1]), 0, 0.97)
    # A colour too strong for its new lightness loses strength until the screen can show it.
    strengths = np.linspace(1, 0, 51)[:, None, None]
    tried = _linear(np.broadcast_to(lightness, (51, len(lab), 1)), strengths * lab[:, 1:])
    shown = ((tried >= -1e-6) & (tried <= 1 + 1e-6)).all(axis=2)
    light = np.clip(tried[shown.argmax(axis=0), np.arange(len(lab))], 0, 1)
    rgba[:, :3] = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return rgba


def _linear(lightness: np.ndarray, hue: np.ndarray) -> np.ndarray:
    cones = np.concatenate([lightness, hue], axis=2) @ np.linalg.inv(_TO_LAB).T
    return cones**3 @ np.linalg.inv(_TO_CONES).T


def darken(figure: Figure) -> None:
    """Turn every colour of ``figure``; to be called once, when all is drawn."""
    # Ticks are made when they are first drawn.
    figure.draw_without_rendering()
    done: set[int] = set()
    for artist in figure.findobj():
        _turn(artist, done)


def _turn(artist: Artist, done: set[int]) -> None:
    if id(artist) in done:
        return
    done.add(id(artist))
    match artist:
        case Text():
            artist.set_color(_one(artist.get_color()))
            if (box := artist.get_bbox_patch()) is not None:
                _turn(box, done)
        case Line2D():
            faces = artist.get_markerfacecolor(), artist.get_markeredgecolor()
            artist.set_color(_one(artist.get_color()))
            artist.set_markerfacecolor(_one(faces[0]))
            artist.set_markeredgecolor(_one(faces[1]))
        case Patch():
            face, edge = artist.get_facecolor(), artist.get_edgecolor()
            artist.set_facecolor(_one(face))
            artist.set_edgecolor(_one(edge))
        case Collection():
            if artist.get_array() is None:
                faces, edges = artist.get_facecolor(), artist.get_edgecolor()
                artist.set_facecolor(turned(faces) if len(faces) else "none")
                artist.set_edgecolor(turned(edges) if len(edges) else "none")
            else:
                artist.set_cmap(_turned_map(artist.get_cmap()))
        case AxesImage():
            artist.set_cmap(_turned_map(artist.get_cmap()))


def _one(colour: object) -> object:
    shown = turned(colour)
    # What cannot be seen stays so: the opacity of its artist would show it.
    return tuple(shown[0]) if len(shown) and shown[0, 3] else "none"


def _turned_map(colours: Colormap) -> ListedColormap:
    return ListedColormap(turned(colours(np.arange(colours.N))))
