"""What coders read and answer: tasks, codebook, answers, and the files they travel in."""

from geostance.coding.codebook import Codebook, read_codebook, shipped_text
from geostance.coding.tasks import Task, coding_tasks

__all__ = ["Codebook", "Task", "coding_tasks", "read_codebook", "shipped_text"]
