"""Which words pushed a prediction which way: integrated gradients for the network, exactly for the linear term.

Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks" (ICML): the gradient along the straight way from
no words (zero vectors) to the text's vectors. A contribution is in logits: how much higher the predicted class stands
above the mean of all classes for it.
"""

from __future__ import annotations

import numpy as np
import torch
from captum.attr import IntegratedGradients

from embedviz.models.sentiment.networks import SentimentNetwork

STEPS = 32  # of the integral; its error is about a hundredth of the logit
AT_ONCE = 256  # texts × steps held at a time


def network_contributions(network: SentimentNetwork, words: np.ndarray, target: int) -> np.ndarray:
    """What each of the words (T,) adds to the target's logit above the mean of the classes': (T,) float64."""
    network.train(False)
    lengths = torch.tensor([len(words)])
    vectors = network.embedded(torch.from_numpy(words.astype(np.int64))[None]).detach()

    def above_mean(points: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        logits = network.of_vectors(points, lengths)
        return logits[:, target] - logits.mean(1)

    gradients = IntegratedGradients(above_mean, multiply_by_inputs=True)
    added = gradients.attribute(
        vectors,
        baselines=torch.zeros_like(vectors),
        additional_forward_args=(lengths,),
        n_steps=STEPS,
        method="gausslegendre",
        internal_batch_size=AT_ONCE,
    )
    return added[0].sum(1).double().numpy()


def above_mean(weights: np.ndarray, target: int) -> np.ndarray:
    """The linear term's weights (F, C) towards the target above the mean of the classes: (F,)."""
    return weights[:, target] - weights.mean(1)
