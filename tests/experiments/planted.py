"""Tables and texts whose truth is known, for questions."""

import numpy as np
import pandas as pd


def bought(n=900, towns=40, seed=0, rank=1):
    """What is bought follows the town's hidden height and an own number; a town is seen 20 times or so."""
    rng = np.random.default_rng(seed)
    heights = rng.normal(size=(towns, rank)).sum(1)
    town = rng.integers(0, towns, n)
    age = rng.normal(size=n)
    bought = heights[town] + age + 0.3 * rng.normal(size=n) > 0
    return pd.DataFrame({"town": [f"t{t}" for t in town], "age": age.round(3), "bought": np.where(bought, "yes", "no")})


ANIMALS = [
    "dog",
    "cat",
    "horse",
    "cow",
    "sheep",
    "goat",
    "pig",
    "lion",
    "tiger",
    "bear",
    "wolf",
    "fox",
    "deer",
    "rabbit",
    "mouse",
    "rat",
    "monkey",
    "elephant",
    "whale",
    "shark",
    "bird",
    "eagle",
    "duck",
    "snake",
    "frog",
    "turtle",
    "bee",
    "spider",
]
FOODS = [
    "bread",
    "butter",
    "cheese",
    "milk",
    "cream",
    "sugar",
    "salt",
    "pepper",
    "rice",
    "pasta",
    "soup",
    "salad",
    "potato",
    "tomato",
    "onion",
    "garlic",
    "lemon",
    "banana",
    "cake",
    "chocolate",
    "coffee",
    "tea",
    "wine",
    "beer",
    "juice",
    "honey",
    "sauce",
    "meat",
]


def topics(n=400, seed=0):
    """Texts of two words that are animals or foods: few texts hold few of them, and pre-trained vectors know the others."""
    rng = np.random.default_rng(seed)
    is_animal = rng.random(n) < 0.5
    texts = [" ".join(rng.choice(ANIMALS if animal else FOODS, 2)) for animal in is_animal]
    return pd.DataFrame({"text": texts, "topic": np.where(is_animal, "animal", "food")})
