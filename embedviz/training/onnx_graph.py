"""stub while writing"""


class OnnxExport: ...
