"""What a model copied from the texts it was tuned on: exact matching in an index of them.

``TrainingCorpus`` is the index, ``memorisation_metrics`` the scores against it, and ``reference``
what people's own texts, held out from training, score: read a model's value beside that one.
"""

from metrics.corpus.index import TrainingCorpus
from metrics.corpus.scores import GROUP, METRICS, memorisation_metrics, reference

__all__ = ["GROUP", "METRICS", "TrainingCorpus", "memorisation_metrics", "reference"]
