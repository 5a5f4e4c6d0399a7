"""A project as a commit has it: its stack files, blueprints and catalogue, without touching the working tree."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from components.catalog import CLOUDS, Catalog
from components.catalog import load as catalog_of
from components.catalog.base import DATA
from components.errors import CatalogError, Finding, InputError, Level
from components.records import record
from components.spec.project import Project, shipped_blueprints
from components.spec.reader import Document, read, read_text
from scripts.baseline.git import BASELINE, Tree


@record
class CachedProject(Project):
    """A project of which each file is read once: many stacks share a blueprint."""

    documents: dict[Path, Document | InputError] = field(default_factory=dict[Path, "Document | InputError"])
    known: dict[str, Path] = field(default_factory=dict[str, Path])  # blueprints, once they are asked for

    @classmethod
    def of(cls, project: Project) -> CachedProject:
        return cls(project.root, project.stack_dir)

    def read(self, path: Path) -> Document:
        found = self.documents.get(path)
        if found is None:
            try:
                found = self.documents[path] = self.read_now(path)
            except InputError as error:
                found = self.documents[path] = error
        if isinstance(found, InputError):
            raise found
        return found

    def blueprints(self) -> dict[str, Path]:
        if not self.known:
            self.known.update(self.blueprints_now())
        return self.known

    def read_now(self, path: Path) -> Document:
        return read(path, shown=self.shown(path))

    def blueprints_now(self) -> dict[str, Path]:
        return Project.blueprints(self)


@record
class PastProject(CachedProject):
    """The project at a commit, called `name`: the same paths, with what they held then."""

    tree: Tree = field(kw_only=True)
    name: str = field(kw_only=True)

    def shown(self, path: Path) -> str:
        return f"{self.name}:{Project.shown(self, path)}"

    def blueprints_now(self) -> dict[str, Path]:
        """Those of the commit; where the shipped ones are not in the repository, they are today's."""
        found: dict[str, Path] = {}
        for folder in (shipped_blueprints(), self.blueprint_dir):
            inside = self._place(folder / "any.yaml")
            if inside is None:
                found.update({file.stem: file for file in sorted(folder.glob("*.yaml"))})
            else:
                names = [name for name in self.tree.names(_folder(inside)) if name.endswith(".yaml")]
                found.update({name.removesuffix(".yaml"): folder / name for name in names})
        return found

    def _place(self, path: Path) -> str | None:
        """Where the commit has a file; None for what it cannot have, such as what an installed package brings.

        The package may be installed in a folder of the repository that git ignores.
        """
        inside = self.tree.repository.path(path)
        if inside is None or (path.parent == shipped_blueprints() and not self.tree.names(_folder(inside))):
            return None
        return inside

    def has(self, path: Path) -> bool:
        """Whether the commit has a file."""
        inside = self.tree.repository.path(path)
        return inside is not None and self.tree.file(inside) is not None

    def read_now(self, path: Path) -> Document:
        inside = self._place(path)
        if inside is None:
            return read(path, shown=Project.shown(self, path))
        content = self.tree.file(inside)
        if content is None:
            finding = Finding(id="yaml", level=Level.ERROR, message=f"is not in {self.name}", file=self.shown(path))
            raise InputError(finding)
        return read_text(content, self.shown(path))


def _folder(inside: str) -> str:
    return inside.rpartition("/")[0]


class PastCatalogs:
    """The catalogues of a commit, read by today's code. Where the data is not in the repository they are today's."""

    def __init__(self, tree: Tree, name: str) -> None:
        self._tree = tree
        self._name = name
        self._made: dict[str, Catalog | Finding] = {}
        self._folder: Path | None = None

    def of(self, cloud: str) -> tuple[Catalog, tuple[Finding, ...]]:
        """A cloud's catalogue, and what is to be said of it: data of another form is replaced by today's."""
        if cloud not in CLOUDS:  # planning will say so
            return Catalog(DATA / cloud), ()
        found = self._made.get(cloud)
        if found is None:
            found = self._made[cloud] = self._find(cloud)
        return (catalog_of(cloud), (found,)) if isinstance(found, Finding) else (found, ())

    def close(self) -> None:
        """Remove what was written to read it."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _find(self, cloud: str) -> Catalog | Finding:
        repository = self._tree.repository
        inside = repository.path(DATA)
        if inside is None or not repository.differs(self._tree.commit, DATA):
            return catalog_of(cloud)
        made = type(catalog_of(cloud))(self._written(inside, cloud))
        try:
            for table in made.tables:
                table.all_keys()
        except CatalogError as error:
            message = f"the catalogue of {self._name} cannot be read by this version ({error}): priced as today"
            hint = "the part of the difference that prices make is not known; all of it is told as the author's"
            return Finding(id=BASELINE, level=Level.ADVISORY, message=message, hint=hint)
        return made

    def _written(self, inside: str, cloud: str) -> Path:
        """A folder with the cloud's tables as they were, and those that all clouds share beside it."""
        root = self._folder = self._folder or Path(tempfile.mkdtemp(prefix="gpu-fleet-catalog-"))
        folder = root / cloud
        folder.mkdir()
        wanted: Mapping[str, Path] = {inside: root, f"{inside}/{cloud}": folder}
        for place, target in wanted.items():
            for name in self._tree.names(place):
                content = self._tree.file(f"{place}/{name}") if name.endswith(".csv") else None
                if content is not None:
                    (target / name).write_bytes(content)
        return folder
