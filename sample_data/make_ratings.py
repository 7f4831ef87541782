"""Makes ratings.csv.gz: 1,000 users in known taste groups rate 5,000 items of known genres. Seeded: same file each time.

    python sample_data/make_ratings.py [FOLDER]

Every user belongs to one of eight groups, every item to one of eight genres. A rating is 3, plus how much the group
likes the genre, plus the user's and the item's own leaning, plus noise, rounded to half stars from 0.5 to 5. Items are
popular by a long tail (Zipf), and users mostly pick items of genres they like. Titles are made of the genre's words; every
item has its own.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

USERS, ITEMS, GROUPS, RATINGS = 1000, 5000, 8, 60_000
GENRES = ("comedy", "crime", "documentary", "family", "horror", "musical", "romance", "science fiction")
TITLE_WORDS = {  # of each genre: how things are, and what they are
    "comedy": (
        "Clumsy Cheerful Hopeless Accidental Reluctant Nervous Borrowed Uninvited Slightly-Famous Retired Overdressed Loud Lazy "
        "Second-Best Tipsy Polite Wrong Absent-Minded Amateur Noisy Unlikely Part-Time Barefoot Grumpy Talkative Lucky Late Tall",
        "Waiter Plumber Wedding Landlord Neighbour Dentist Honeymoon Bus-Driver Uncle Barber Referee Bridesmaid Baker Goalkeeper "
        "Tourist Postman Butler Mayor Picnic Librarian Roommate Magician Lifeguard Parrot Cousin Chef Hotel Diet",
    ),
    "crime": (
        "Cold Silent Crooked Missing Final Double Hidden Stolen False Broken Bitter Guilty Blackmailed Perfect Second Marked "
        "Unsigned Forged Paid Dirty Quiet Locked Burnt Thirteenth Hired Blind Lost Grey",
        "Alibi Witness Inspector Heist Ransom Verdict Suspect Informer Fingerprint Safe Getaway Detective Jury Motive Smuggler "
        "Clue Cell Docks Diamond Ledger Warrant Bullet Accomplice Confession Courier Forger Inheritance Corpse",
    ),
    "documentary": (
        "Living Vanishing Forgotten Hundred-Year Northern Deep Working Hungry Rising Ancient Melting Wild Unmapped Endless Inner "
        "Changing Last Shared Industrial Salted Migrating Drowned Coastal Everyday Invisible Buried Measured Open",
        "Glacier Harvest Reef Factory River Archive Desert Railway Orchard Whale Beehive Census Volcano Lighthouse Market "
        "Wetland Mine Language Bridge Quarry Fishery Village Seed Mountain Observatory Meadow Harbour Savannah",
    ),
    "family": (
        "Little Brave Curious Magic Secret Flying Golden Paper Snowy Tiny Friendly Runaway Woolly Spotted Brightest Kind Giant "
        "Wooden Dancing Sleepy Musical Patchwork Striped Whistling Honest Marvellous Left-Handed Smallest",
        "Pony Treehouse Puppy Kite Dragon Grandmother Caravan Bear Island Kitten Lantern Balloon Otter Train Toymaker Garden "
        "Penguin Snowman Sailboat Button Fox Circus Hedgehog Cottage Squirrel Duckling Mitten Goose",
    ),
    "horror": (
        "Hollow Screaming Crimson Bleeding Haunted Nameless Rotting Cursed Starving Whispering Black Sunken Faceless Unburied "
        "Pale Moonless Severed Withered Howling Damned Endless Sleepless Blind Boarded-Up Veiled Rusted Ashen Forsaken",
        "Crypt Cellar Scarecrow Asylum Grave Mirror Doll Attic Coven Ritual Swamp Mask Chapel Werewolf Orphanage Coffin Well "
        "Butcher Vampire Lighthouse-Keeper Staircase Cabin Puppet Catacomb Spider Seance Fog Gallows",
    ),
    "musical": (
        "Singing Swinging Golden Midnight Rhythmic Velvet Jazzy Encore Tuneful Sparkling Electric Unsung Harmonious Second-Act "
        "Barefoot Glittering Roaring Syncopated Bright Brass Humming Tapping Open-Air Travelling Starlit Off-Key Grand Restless",
        "Melody Chorus Ballroom Saxophone Serenade Tango Overture Piano Songbird Cabaret Orchestra Rhapsody Drummer Waltz Duet "
        "Carnival Accordion Gramophone Showgirl Choir Trumpet Operetta Fiddler Bandstand Lullaby Conductor Ballad Footlights",
    ),
    "romance": (
        "Tender Secret Parisian Forbidden First Unwritten Summer Moonlit Faithful Distant Faraway Promised Rainy Unspoken Lasting "
        "Autumn Stolen Gentle Borrowed Seaside Second Wistful Winter Impossible Candlelit True Lingering Sunday",
        "Kiss Letter Embrace Proposal Heart Valentine Rendezvous Dance Bouquet Promise Farewell Sweetheart Engagement Rose "
        "Confidence Longing Reunion Balcony Train-Ride Goodbye Vineyard Bride Suitor Poem Courtship Devotion Ring Affair",
    ),
    "science fiction": (
        "Orbital Quantum Synthetic Lunar Galactic Frozen Ninth Cybernetic Interstellar Parallel Solar Drifting Magnetic Silicon "
        "Outer Radiant Zero-Gravity Cloned Timeless Nuclear Android Martian Hyperspace Recursive Binary Abandoned Atomic Distant",
        "Colony Starship Signal Robot Station Wormhole Planet Probe Replica Algorithm Comet Expedition Nebula Machine Satellite "
        "Asteroid Paradox Reactor Pilot Hologram Moonbase Singularity Transmission Invasion Capsule Beacon Astronaut Engine",
    ),
}
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
    title = titles(genre, np.random.default_rng([seed, 1]))
    lines = ["user,item,title,rating,taste,genre"]
    for user in range(USERS):
        wish = popularity * np.exp(0.8 * likes[group[user]][genre])
        items = rng.choice(ITEMS, min(counts[user], 400), replace=False, p=wish / wish.sum())
        value = (
            3 + likes[group[user]][genre[items]] + user_bias[user] + item_bias[items] + rng.normal(0, 0.5, len(items))
        )
        stars = np.clip(np.round(value * 2) / 2, 0.5, 5)
        for item, star in zip(items, stars, strict=True):
            film = f"i{item + 1:04d},{title[item]}"
            lines.append(f"u{user + 1:04d},{film},{star:.1f},{TASTES[group[user]]},{GENRES[genre[item]]}")
    data = ("\n".join(lines) + "\n").encode()
    with (
        open(folder / "ratings.csv.gz", "wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file,
    ):
        file.write(data)
    print(f"ratings.csv.gz: {len(lines) - 1:,} ratings, {len(data):,} bytes unpacked")


def titles(genre: np.ndarray, rng: np.random.Generator) -> list[str]:
    """Return a title for each item, all different."""
    found = [""] * len(genre)
    for number, name in enumerate(GENRES):
        first, second = (words.split() for words in TITLE_WORDS[name])
        items = np.flatnonzero(genre == number)
        for item, place in zip(items, rng.permutation(len(first) * len(second))[: len(items)], strict=True):
            words = f"{first[place % len(first)]} {second[place // len(first)]}".replace("-", " ")
            found[item] = f"The {words}"
    if len(set(found)) != len(found):
        raise ValueError("Two items have the same title.")
    return found


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
