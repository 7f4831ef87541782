"""Names that others import from here; the code lives in embedviz.store and embedviz.jobs.

The package has the name of the function `embedviz.runs`, and Python puts it in the function's place once it is
imported. So it can be called like the function.
"""

import sys
from types import ModuleType

from embedviz.api import runs as _runs


class _CallablePackage(ModuleType):
    __call__ = staticmethod(_runs)


__doc__ = _runs.__doc__  # help(embedviz.runs) is about the function too
sys.modules[__name__].__class__ = _CallablePackage
