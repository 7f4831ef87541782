"""Makes ratings.csv.gz: 1,000 users in known taste groups rate 5,000 items of known genres. Seeded: same file each time.

    python sample_data/make_ratings.py [FOLDER]

Every user belongs to one of eight groups, every item to one of eight genres. A rating is 3, plus how much the group
likes the genre, plus the user's and the item's own leaning, plus noise, rounded to half stars from 0.5 to 5. Items are
popular by a long tail (Zipf), and users mostly pick items of genres they like.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

USERS, ITEMS, GROUPS, RATINGS = 1000, 5000, 8, 60_000
GENRES = ("comedy", "crime", "documentary", "family", "horror", "musical", "romance", "science fiction")
TASTES = ("laughs", "puzzles", "facts", "homes", "shivers", "songs", "hearts", "futures")


def make(folder: Path, seed: int = 20) -> None:
    rng = np.random.default_rng(seed)
    group, genre = rng.integers(0, GROUPS, USERS), rng.integers(0, GROUPS, ITEMS)
    likes = rng.normal(0, 0.5, (GROUPS, GROUPS)) + 1.2 * np.eye(GROUPS) - 0.15  # entry [g, h]: group g for genre h
    user_bias, item_bias = rng.normal(0, 0.3, USERS), rng.normal(0, 0.4, ITEMS)
    popularity = 1 / np.arange(10, ITEMS + 10) ** 0.9
    popularity = popularity[rng.permutation(ITEMS)]
    activity = rng.lognormal(0, 0.8, USERS)
    counts = np.maximum(5, np.round(activity / activity.sum() * RATINGS)).astype(int)
    lines = ["user,item,rating,taste,genre"]
    for user in range(USERS):
        wish = popularity * np.exp(0.8 * likes[group[user]][genre])
        items = rng.choice(ITEMS, min(counts[user], 400), replace=False, p=wish / wish.sum())
        value = (
            3 + likes[group[user]][genre[items]] + user_bias[user] + item_bias[items] + rng.normal(0, 0.5, len(items))
        )
        stars = np.clip(np.round(value * 2) / 2, 0.5, 5)
        for item, star in zip(items, stars, strict=True):
            lines.append(f"u{user + 1:04d},i{item + 1:04d},{star:.1f},{TASTES[group[user]]},{GENRES[genre[item]]}")
    data = ("\n".join(lines) + "\n").encode()
    with (
        open(folder / "ratings.csv.gz", "wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file,
    ):
        file.write(data)
    print(f"ratings.csv.gz: {len(lines) - 1:,} ratings, {len(data):,} bytes unpacked")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
