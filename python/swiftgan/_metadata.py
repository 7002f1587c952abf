"""Texts beside the tensors of a .safetensors file, for what the library does not know of."""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any, BinaryIO

_KEY = "__metadata__"


def read_metadata(path: str) -> dict[str, str]:
    """Return the texts of a file by name."""
    with open(path, "rb") as file:
        return dict(_header(file).get(_KEY, {}))


def add_metadata(path: str, name: str, text: str) -> None:
    """Add a text to a file. The file stays as it was until the new one is complete."""
    folder, base = os.path.split(path)
    # Imported here, with the first file: they would be a good part of the package's import.
    import shutil
    import tempfile

    descriptor, temporary = tempfile.mkstemp(prefix=f".{base}.", dir=folder or ".")
    try:
        with open(path, "rb") as source, open(descriptor, "wb") as target:
            header = _header(source)
            header[_KEY] = {**header.get(_KEY, {}), name: text}
            encoded = json.dumps(header, separators=(",", ":")).encode()
            encoded += b" " * (-len(encoded) % 8)  # the tensors stay aligned
            target.write(len(encoded).to_bytes(8, "little") + encoded)
            shutil.copyfileobj(source, target, 1 << 20)
        shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _header(file: BinaryIO) -> dict[str, Any]:
    """Return the header of the file and leave the file at its tensors."""
    length = int.from_bytes(file.read(8), "little")
    header: dict[str, Any] | None = None
    if length <= os.fstat(file.fileno()).st_size - 8:
        with contextlib.suppress(ValueError):
            header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise OSError(f"{file.name} is no .safetensors file, or a damaged one")
    return header
