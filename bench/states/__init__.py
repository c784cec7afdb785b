"""Fine-tune states: the texts they are trained on, the training, and the store that keeps them."""
