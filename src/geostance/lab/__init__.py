"""Tools for reading and coding a study in JupyterLab."""

from geostance.lab.browser import TopicBrowser
from geostance.lab.coder import Coder

__all__ = ["Coder", "TopicBrowser"]
