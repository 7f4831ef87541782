"""Everything that is measured on published data, beside its peers, in one table.

    python benchmarks/published.py FOLDER [--folds N] [--lenskit FOLDER] [--vectors PATH] [--encoder PATH]

The three parts, published_ratings.py, published_tables.py and published_texts.py, say what FOLDER holds, how each row is
measured, and what their own options choose. --folds limits the folds of each; --lenskit names a virtual environment for
LensKit, --vectors a file of word vectors in place of the sample's, --encoder a folder of a sentence encoder.
"""

import argparse
from itertools import chain
from pathlib import Path

import published_ratings
import published_tables
import published_texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int)
    parser.add_argument("--lenskit", type=Path)
    parser.add_argument("--vectors")
    parser.add_argument("--encoder", default="")
    arguments = parser.parse_args()
    folds = {} if arguments.folds is None else {"folds": arguments.folds}
    published_ratings.print_rows(
        chain(
            published_ratings.rows(arguments.folder, lenskit=arguments.lenskit, **folds),
            published_tables.rows(arguments.folder, **folds),
            published_texts.rows(arguments.folder, vectors=arguments.vectors, encoder=arguments.encoder, **folds),
        )
    )


if __name__ == "__main__":
    main()
