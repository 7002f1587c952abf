"""Scalars for TensorBoard, in the event-file format written by hand: nothing else is needed to write it.

A file is a row of records, each framed as TFRecord does: the length of the data (uint64), its checksum, the data, their
checksum, all little-endian. The data are a protocol buffer ``Event``: wall_time (field 1, double), step (2, int64),
file_version (3, string; in the first record) or summary (5), whose values (1) have a tag (1) and a simple_value (2,
float).
"""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Mapping
from pathlib import Path


def _table() -> tuple[int, ...]:
    """Return the table of CRC-32C (Castagnoli), polynomial 0x1EDC6F41 with its bits reversed."""
    entries = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        entries.append(byte)
    return tuple(entries)


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """Return the CRC-32C checksum of bytes.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def masked_crc32c(data: bytes) -> int:
    """Return the checksum as TFRecord keeps it: rotated by 15 bits, plus a constant."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def framed(data: bytes) -> bytes:
    """Return data as one TFRecord."""
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc32c(length)) + data + struct.pack("<I", masked_crc32c(data))


def _varint(value: int) -> bytes:
    parts = bytearray()
    value &= (1 << 64) - 1
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _field(number: int, data: bytes) -> bytes:
    """Return a field of bytes: wire type 2."""
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _event(wall_time: float, step: int, content: bytes) -> bytes:
    return b"\x09" + struct.pack("<d", wall_time) + b"\x10" + _varint(step) + content


class EventWriter:
    """Writes scalars that ``tensorboard --logdir FOLDER`` shows.

    Parameters
    ----------
    folder : str or path
        Made when it is not there. Each writer makes a file of its own in it.

    >>> import tempfile
    >>> from swiftgan.diagnostics import EventWriter
    >>> with tempfile.TemporaryDirectory() as folder, EventWriter(folder) as writer:
    ...     writer.add(100, {"loss/generator": 0.7})
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        # What TensorBoard looks for is "tfevents" in the name; the rest keeps names apart and in order.
        name = f"events.out.tfevents.{time.time_ns() // 1_000_000_000:010}.{socket.gethostname()}.{os.getpid()}"
        number = 0
        while True:
            self.path = Path(folder, f"{name}.{number}")
            try:
                self._file = self.path.open("xb")
                break
            except FileExistsError:
                number += 1
        self._file.write(framed(_event(time.time(), 0, _field(3, b"brain.Event:2"))))
        self._file.flush()

    def add(self, step: int, scalars: Mapping[str, float]) -> None:
        """Write scalars of a step, by tag; NaN and infinities too, which TensorBoard shows as gaps."""
        values = b"".join(
            _field(1, _field(1, tag.encode()) + b"\x15" + struct.pack("<f", _as_float32(value)))
            for tag, value in scalars.items()
        )
        self._file.write(framed(_event(time.time(), step, _field(5, values))))
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> EventWriter:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()


def _as_float32(value: float) -> float:
    """Return a number that float32 can hold: what is too large is an infinity."""
    limit = 3.4028234e38
    return value if not abs(value) > limit else float("inf") if value > 0 else float("-inf")
