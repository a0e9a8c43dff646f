"""A backup on disk: a folder, or one .tar file. Until it is whole its name ends in .partial."""

import hashlib
import os
import re
import shutil
import tarfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import msgspec

from afterclick.errors import InvalidInput, Unavailable
from afterclick.store.backup import manifest
from afterclick.store.backup.manifest import File, Manifest

_BLOCK = 1 << 20
_NAME = re.compile(r"(?:(?!\.\.?/)[\w%.=@+~-]+/)*(?!\.\.?$)[\w%.=@+~-]+", re.ASCII)
_LARGEST_MANIFEST = 256 << 20


class _Sink(Protocol):
    """Where files go: called once a file, in any order."""

    def put(self, name: str, size: int, content: BinaryIO) -> None: ...
    def close(self) -> None: ...


class Writer:
    """Takes files one after the other and remembers size and digest of each."""

    def __init__(self, sink: _Sink) -> None:
        self._sink = sink
        self.files: dict[str, File] = {}

    def add(self, name: str, source: Path) -> None:
        """Copy a file that no longer changes."""
        with source.open("rb") as content:
            size = os.fstat(content.fileno()).st_size
            hashed = _Hashed(content)
            self._sink.put(name, size, cast(BinaryIO, hashed))
        self.files[name] = File(size, hashed.digest())

    def finish(self, what: Manifest) -> None:
        """Write the manifest, which makes the backup whole."""
        text = msgspec.json.format(msgspec.json.encode(what), indent=1)
        self._sink.put(manifest.NAME, len(text), BytesIO(text))


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self._sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._content.read(size)
        self._sum.update(block)
        return block

    def digest(self) -> str:
        return self._sum.hexdigest()


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700)

    def put(self, name: str, size: int, content: BinaryIO) -> None:
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            shutil.copyfileobj(content, out, _BLOCK)

    def close(self) -> None:
        pass


class _Tar:
    def __init__(self, file: Path) -> None:
        self._tar = tarfile.open(file, "x", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by close()
        file.chmod(0o600)

    def put(self, name: str, size: int, content: BinaryIO) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, content)

    def close(self) -> None:
        self._tar.close()


@contextmanager
def writing(to: Path) -> Generator[Writer]:
    """A backup at `to`, one file when its name ends in .tar; it gets that name when the block ends without an error.

    Raises InvalidInput when `to` exists already, Unavailable when the disk is full.
    """
    if to.exists():
        raise InvalidInput(f"{to} exists already; choose a name that does not, such as one with the date.")
    if not to.parent.is_dir():
        raise InvalidInput(f"There is no folder {to.parent}; make it, or choose another place.")
    partial = to.with_name(f"{to.name}.partial")
    _remove(partial)
    sink = _Tar(partial) if to.suffix == ".tar" else _Folder(partial)
    try:
        try:
            yield Writer(sink)
        finally:
            sink.close()
        os.sync()
        partial.rename(to)
        _sync(to.parent)
    except OSError as error:
        _remove(partial)
        raise Unavailable(f"The backup was not made: {error}.") from error
    except BaseException:
        _remove(partial)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class _Source(Protocol):
    """Where files come from."""

    def names(self) -> Iterator[str]: ...
    def open(self, name: str) -> BinaryIO: ...


class _FromFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> Iterator[str]:
        for path in self._folder.rglob("*"):
            if not path.is_dir() or path.is_symlink():
                yield path.relative_to(self._folder).as_posix()

    def open(self, name: str) -> BinaryIO:
        return (self._folder / name).open("rb")


class _FromTar:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def names(self) -> Iterator[str]:
        for entry in self._tar:
            if not entry.isfile():
                raise InvalidInput(f"{entry.name} in the backup is not a plain file; use another backup.")
            yield entry.name

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self._tar.extractfile(name))


class Reader:
    """A backup whose every file was compared with the manifest."""

    def __init__(self, source: _Source) -> None:
        """Raises InvalidInput when it is not whole or not what was written."""
        self._source = source
        names = set(source.names())
        if manifest.NAME not in names:
            raise InvalidInput("The backup is not whole: it has no manifest. Use another one.")
        with source.open(manifest.NAME) as content:
            self.manifest = manifest.parsed(content.read(_LARGEST_MANIFEST))
        self._compare(names - {manifest.NAME})

    def names(self, under: str) -> list[str]:
        """Names of the files in a folder of the backup, those of its folders too."""
        return sorted(name for name in self.manifest.files if name.startswith(f"{under}/"))

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self.manifest.files

    def copy(self, name: str, to: Path) -> None:
        """Write a file of the backup; its folder is made."""
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with self._source.open(name) as content, os.fdopen(opened, "wb") as out:
            shutil.copyfileobj(content, out, _BLOCK)

    def read(self, name: str) -> bytes:
        """A small file as a whole."""
        with self._source.open(name) as content:
            return content.read()

    def _compare(self, names: set[str]) -> None:
        expected = self.manifest.files
        if names != expected.keys():
            odd = sorted(names ^ expected.keys())[0]
            raise InvalidInput(
                f"The backup is not what was written ({odd!r} is missing or too many); use another one."
            )
        for name, file in expected.items():
            if not _NAME.fullmatch(name):
                raise InvalidInput(f"{name!r} cannot be a file of a backup; use another one.")
            with self._source.open(name) as content:
                hashed = _Hashed(content)
                while hashed.read(_BLOCK):
                    pass
            if hashed.digest() != file.sha256:
                raise InvalidInput(f"The backup is damaged: {name} is not what was written. Use another one.")


@contextmanager
def reading(path: Path) -> Generator[Reader]:
    """A whole backup, a folder or a .tar file.

    Raises InvalidInput when there is none, it was stopped in the middle or it is damaged.
    """
    if path.name.endswith(".partial"):
        raise InvalidInput(f"{path} is a backup that was stopped in the middle; use another one.")
    if path.is_dir():
        yield Reader(_FromFolder(path))
        return
    try:
        with tarfile.open(path, "r:") as tar:
            yield Reader(_FromTar(tar))
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no backup at {path}.") from error
    except (tarfile.TarError, EOFError) as error:
        raise InvalidInput(f"{path} is damaged or no backup ({error}); use another one.") from error
