"""The parts of a report, in its order. Each takes a Context and returns what its template shows, or None."""

import dataclasses

from ..folder import Folder


@dataclasses.dataclass
class Context:
    """What a report is made of: a run's folder and, if there is one, the folder of robustness results."""

    folder: Folder
    robustness: object = None
    project: object = None
