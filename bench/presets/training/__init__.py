"""How the embedded presets were made: fetch the texts, train a tokenizer, train two models.

Nothing here is needed to use the presets. Start reading at ``train.py``.
"""
