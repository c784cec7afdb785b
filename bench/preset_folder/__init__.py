"""Local preset folders: what is wrong with one, and what identifies its content.

Everything is read without Keras, so that a broken folder is one clear message before any worker
starts, where ``from_preset`` would fail after seconds with a traceback.
"""

from bench.preset_folder.faults import check
from bench.preset_folder.files import Kind, kind
from bench.preset_folder.fingerprint import fingerprint

__all__ = ["Kind", "check", "fingerprint", "kind"]
