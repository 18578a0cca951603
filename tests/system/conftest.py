import pytest

import program


@pytest.fixture
def small(tmp_path):
    """A folder that holds small.cfg and nothing else."""
    program.write(tmp_path, {"small.cfg": program.SMALL})
    return tmp_path
