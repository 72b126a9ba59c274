"""What every run of tests leaves behind: nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def databases_outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """As root a home's database lies elsewhere (`EmbeddedPostgres`), where pytest never tidies."""
    yield
    for data in tmp_path_factory.getbasetemp().rglob("postgres"):
        if data.is_symlink():
            shutil.rmtree(data.resolve().parent)
