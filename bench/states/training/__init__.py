"""Fine-tuning: from a base preset, texts and a recipe to a finished preset.

Runs in a process of its own (``worker``); ``trainer.train`` is the whole of it. Only the modules
here that import keras at their top do so, and only the worker imports those.
"""
