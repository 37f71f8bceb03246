"""The loop: examples, loss, gradient, and now and then a look at development recordings."""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from simgen.baselines.networks.network import Budget, Network
from simgen.scene.seeds import Generators
from simgen.training.checkpoint import read_checkpoint, write_checkpoint
from simgen.training.development import Recorded, evaluate
from simgen.training.examples import ExampleSource
from simgen.training.prefetch import prefetched

__all__ = ["Course", "Moment", "learn", "learning_rate"]

_SMOOTHING = 0.98
"""Weight of the past in the loss that is shown."""

_BATCHES_OF_STOCK = 32
"""Batches that are drawn at once where examples are reused."""

_AHEAD = 4
"""Batches that are made before they are asked for."""

_Batch = tuple[torch.Tensor, torch.Tensor]
"""Inputs and targets, each (example, ...)."""

_EVERY = 3
"""Of the development recordings, every third is looked at before the end."""


@dataclass(frozen=True)
class Course:
    """How a training is run.

    Attributes
    ----------
    budget
        How long and how fast.
    seed
        Of the first parameters and of all examples.
    identity
        What the examples are made from; a checkpoint of another one is refused.
    checkpoint
        File that the training goes on from.
    device
        Where torch computes.
    evaluations
        How often the development recordings are looked at.
    loaders
        Threads that mix examples.
    """

    budget: Budget
    seed: int
    identity: str
    checkpoint: Path
    device: str = "cpu"
    evaluations: int = 12
    loaders: int = 1

    @property
    def steps(self) -> int:
        """Steps in all."""
        return max(1, self.budget.examples // self.budget.batch_size)

    @property
    def steps_between_evaluations(self) -> int:
        """Steps from one look at the development recordings to the next."""
        return max(1, -(-self.steps // self.evaluations))

    def describe(self) -> str:
        """Return what has to be the same for a checkpoint to be gone on from."""
        return json.dumps([asdict(self.budget), self.seed, self.identity, self.evaluations])


@dataclass(frozen=True)
class Moment:
    """A point of the training's curve.

    Attributes
    ----------
    examples
        Seen so far.
    loss
        Of the last steps, smoothed.
    cpu_minutes
        Spent so far, in all processes one after the other.
    threshold, ospa_deg, by_condition
        As of an `simgen.training.development.Evaluation`; None between evaluations.
    """

    examples: int
    loss: float
    cpu_minutes: float
    threshold: float | None = None
    ospa_deg: float | None = None
    by_condition: dict[str, float] | None = None


def learn(
    network: Network,
    examples: ExampleSource,
    development: Sequence[Recorded],
    course: Course,
    *,
    start: dict[str, torch.Tensor] | None = None,
    on_moment: Callable[[Moment], None] = lambda _: None,
) -> tuple[torch.nn.Module, list[Moment]]:
    """Train a network.

    Parameters
    ----------
    network
        The declaration.
    examples
        What it learns from.
    development
        What its progress is measured on, and its threshold chosen.
    course
        How it learns.
    start
        Parameters to begin with; fresh ones if left out.
    on_moment
        Called after every step, with an evaluation where there was one.

    Returns
    -------
    The module, and the curve: every evaluation, the last after the last step.

    Raises
    ------
    DatasetError
        If the checkpoint is of another training.
    """
    trainee = _Trainee.fresh(network, course, start)
    trainee.resume()
    for step, (inputs, targets) in _batches(network, examples, course, trainee.step):
        trainee.learn_from(inputs, targets)
        moment = trainee.moment()
        is_last = step + 1 == course.steps
        if is_last or (step + 1) % course.steps_between_evaluations == 0:
            some = development if is_last else development[::_EVERY]
            found = evaluate(network, trainee.module, some)
            moment = replace(
                moment,
                threshold=found.threshold,
                ospa_deg=found.ospa_deg,
                by_condition=dict(found.by_condition),
            )
            trainee.curve.append(moment)
            trainee.save()
        on_moment(moment)
    return trainee.module, trainee.curve


def learning_rate(budget: Budget, step: int, steps: int) -> float:
    """Return the learning rate of a step: a rise, a plateau, and a linear fall towards 0."""
    rise = min(1.0, (step + 1) / budget.warm_up)
    fall = (steps - step) / max(1.0, steps * (1.0 - budget.plateau))
    return budget.learning_rate * min(rise, fall, 1.0)


def _batches(
    network: Network, examples: ExampleSource, course: Course, first: int
) -> Iterator[tuple[int, _Batch]]:
    """Yield the number of every step from the first on, with its inputs and targets.

    Examples are drawn a stock at a time, of one batch; or of many if examples are reused, each
    time in another order.
    """
    size, reuses = course.budget.batch_size, course.budget.reuses
    batches = 1 if reuses == 1 else _BATCHES_OF_STOCK
    steps_of_stock = batches * reuses

    def stock(number: int) -> _Batch:
        generator = Generators(course.seed, number).at("training.examples")
        made = [_draw_batch(network, examples, generator, size) for _ in range(batches)]
        inputs, targets = zip(*made, strict=True)
        return torch.cat(inputs), torch.cat(targets)

    def orders(number: int) -> Iterator[torch.Tensor]:
        generator = Generators(course.seed, number).at("training.order")
        as_drawn = np.arange(size * batches)
        for reuse in range(reuses):
            order = as_drawn if reuse == 0 else generator.permutation(as_drawn)
            yield from map(torch.from_numpy, np.split(order, batches))

    numbers = range(first // steps_of_stock, -(-course.steps // steps_of_stock))
    stocks = prefetched(stock, numbers, ahead=_AHEAD // batches + 1, threads=course.loaders)
    for number, (inputs, targets) in zip(numbers, stocks, strict=True):
        for step, order in enumerate(orders(number), start=number * steps_of_stock):
            if first <= step < course.steps:
                yield step, (inputs[order], targets[order])


def _draw_batch(
    network: Network, examples: ExampleSource, generator: np.random.Generator, size: int
) -> _Batch:
    """Draw a batch and prepare it: its sound is forgotten before the next one is drawn."""
    drawn = examples.draw(generator, size)
    targets = network.targets(drawn.azimuths, drawn.distances)
    return torch.from_numpy(network.prepare(drawn.signals)), torch.from_numpy(targets)


@dataclass
class _Trainee:
    """What changes while a network learns."""

    network: Network
    course: Course
    module: torch.nn.Module
    optimizer: torch.optim.Optimizer
    curve: list[Moment]
    step: int = 0
    loss: float = math.nan
    earlier_minutes: float = 0.0
    started: float = field(default_factory=time.process_time)

    @classmethod
    def fresh(
        cls, network: Network, course: Course, start: dict[str, torch.Tensor] | None
    ) -> "_Trainee":
        """Make the module and its optimiser."""
        torch.manual_seed(course.seed)
        module = network.build()
        if start is not None:
            module.load_state_dict(start)
        module = module.to(course.device).train()
        optimizer = torch.optim.AdamW(module.parameters(), weight_decay=course.budget.weight_decay)
        return cls(network, course, module, optimizer, [])

    def learn_from(self, inputs: torch.Tensor, targets: torch.Tensor) -> None:
        """Take one step."""
        device, budget = self.course.device, self.course.budget
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(budget, self.step, self.course.steps)
        loss = self.network.loss(self.module(inputs.to(device, torch.float32)), targets.to(device))
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.module.parameters(), budget.gradient_norm)
        self.optimizer.step()
        self.step += 1
        now = float(loss.detach())
        past = now if math.isnan(self.loss) else self.loss
        self.loss = _SMOOTHING * past + (1.0 - _SMOOTHING) * now

    def moment(self) -> Moment:
        """Return where the training is."""
        minutes = self.earlier_minutes + (time.process_time() - self.started) / 60.0
        examples = self.step * self.course.budget.batch_size
        return Moment(examples=examples, loss=self.loss, cpu_minutes=minutes)

    def save(self) -> None:
        """Write a checkpoint."""
        state: dict[str, Any] = {
            "step": self.step,
            "loss": self.loss,
            "module": self.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "curve": [asdict(moment) for moment in self.curve],
        }
        write_checkpoint(self.course.checkpoint, state, identity=self.course.describe())

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        state = read_checkpoint(self.course.checkpoint, identity=self.course.describe())
        if state is None:
            return
        self.module.load_state_dict(state["module"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["random"])
        self.step, self.loss = state["step"], state["loss"]
        self.curve = [Moment(**moment) for moment in state["curve"]]
        self.earlier_minutes = self.curve[-1].cpu_minutes
