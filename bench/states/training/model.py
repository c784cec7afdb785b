"""The model that is trained: a preset loaded for training, adapters, and its state."""

from __future__ import annotations

from typing import Any

import keras
import keras_hub
from keras import ops

from bench.engine import devices
from bench.engine.compiles import NoCompiles
from bench.engine.device_memory import DeviceMemory
from bench.engine.interface import InputError
from bench.engine.kerashub import KerasHubEngine
from bench.engine.loading import from_preset, require_backend
from bench.states.training.checkpoint import Shape
from bench.states.training.job import TrainingJob
from bench.states.training.optimizers import make_optimizer
from bench.states.training.random_state import RandomState
from scenarios.training import Train

_FOR_GENERATION = {"compile_method", "end_token_ids", "pad_token_id", "quantization"}


class Trainee:
    """A causal LM ready for ``fit`` on token ids.

    Attributes:
        causal_lm: what is saved in the end.
        network: a plain Keras model of the same layers. KerasHub's own ``fit`` would preprocess
            its inputs and needs TensorFlow or grain for that; this one takes arrays.
        parameters: without adapters.
        random: the random state that is in no variable.
    """

    def __init__(self, job: TrainingJob, recipe: Train) -> None:
        """Load the base.

        Raises:
            InputError: it cannot be loaded, or not be trained as asked.
            UnavailableError: the backend does not see the device.
        """
        backend = require_backend(job.hardware["backend"])
        devices.keep_tensorflow_off_the_device(backend)
        devices.require_device(backend, job.hardware["device"])
        keras.utils.set_random_seed(recipe.seed)  # before loading: dropout takes its seed then
        self.memory = DeviceMemory(backend, job.hardware["device"])
        self.causal_lm: Any = load(job.base, recipe.dtype, job.preset)
        self.parameters = int(self.causal_lm.count_params())
        self._require_positions(recipe.sequence_length)
        self._frozen: set[int] = set()
        if recipe.lora_rank is not None:
            self._add_adapters(recipe.lora_rank)
        self.network: Any = keras.Model(self.causal_lm.input, self.causal_lm.output)
        self._jit = job.hardware.get("jit")
        self.random = RandomState(backend)

    def _require_positions(self, length: int) -> None:
        most = self.most_positions
        if most is not None and length > most:
            raise InputError(
                f"sequence_length {length} is beyond the model's {most} positions; "
                f"set sequence_length to {most} or less"
            )

    def _add_adapters(self, rank: int) -> None:
        backbone = self.causal_lm.backbone
        before = {id(v) for v in backbone.weights}
        try:
            backbone.enable_lora(rank)
        except (AttributeError, NotImplementedError, ValueError) as error:
            raise InputError(f"lora_rank: this model takes no LoRA adapters ({error})") from error
        if not [v for v in backbone.trainable_variables if id(v) not in before]:
            raise InputError(
                f"lora_rank: KerasHub adds no LoRA adapters to a {type(backbone).__name__}; "
                "train it without lora_rank"
            )
        # They stay what the base has, so a checkpoint does without them.
        self._frozen = {id(v) for v in backbone.weights if not v.trainable}

    @property
    def most_positions(self) -> int | None:
        """Longest text in tokens that the model takes; None where it has no limit."""
        most = getattr(self.causal_lm.backbone, "max_sequence_length", None)
        return None if most is None else int(most)

    @property
    def trainable_parameters(self) -> int:
        """Parameters that training changes."""
        return int(sum(ops.size(v) for v in self.network.trainable_variables))

    def compile(self, recipe: Train, steps: int) -> None:
        """Make it ready for a training of ``steps`` steps, as the Keras article has it."""
        self.network.compile(
            optimizer=make_optimizer(recipe, steps),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
            **self.jit,
        )
        self.network.optimizer.build(self.network.trainable_variables)

    def forget_optimizer(self) -> None:
        """Free the optimizer's memory; training is over."""
        self.network.optimizer = None

    @property
    def jit(self) -> dict[str, bool]:
        """``jit_compile`` for ``compile``, where the job says; else Keras decides."""
        return {} if self._jit is None else {"jit_compile": self._jit}

    @property
    def state(self) -> list[Any]:
        """Every variable that a step changes: weights, random states, optimizer."""
        network = [v for v in self.network.variables if id(v) not in self._frozen]
        return [*network, *self.network.optimizer.variables]

    def shapes(self) -> list[Shape]:
        """Return dtype and shape of the state, and of the arrays of ``random``."""
        arrays = [*self.state, *self.random.arrays]
        return [(str(a.dtype), tuple(a.shape)) for a in arrays]

    def what_ran(self) -> dict[str, Any]:
        """Return backend, devices, dtypes, versions and jit, read back."""
        engine = KerasHubEngine(
            self.causal_lm, keras.config.backend(), self.memory, NoCompiles()
        ).what_ran()
        jit = {
            "tensorflow": "XLA" if self.network.jit_compile else "tf.function graph, XLA off",
            "jax": "jax.jit (XLA)",
            "torch": "torch.compile" if self.network.jit_compile else "eager",
        }
        kept = {name: value for name, value in engine.items() if name not in _FOR_GENERATION}
        return {**kept, "jit": jit[keras.config.backend()]}


def load(source: str, dtype: str, label: str) -> Any:
    """Load a preset in a dtype policy.

    Raises:
        InputError: it cannot be loaded; says why.
    """
    return from_preset(keras_hub.models.CausalLM, source, dtype, label)
