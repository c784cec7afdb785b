"""What a text is worth: pure functions over generated text, with their definitions."""
