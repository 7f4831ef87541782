"""The version of embedviz."""

VERSION = "0.1.0"
