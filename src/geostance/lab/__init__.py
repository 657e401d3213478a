"""Tools for reading a study in JupyterLab."""

from geostance.lab.browser import TopicBrowser

__all__ = ["TopicBrowser"]
