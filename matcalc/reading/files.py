"""Texts and lines in files."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ..errors import UsageError


def read_file(path: str) -> str:
    """The text of a file in UTF-8, without a byte order mark. UsageError where there is none to be had."""
    try:
        with open(path, encoding="utf-8-sig") as stream:
            return stream.read()
    except OSError as error:
        raise _unreadable(path, error) from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: byte 0x{error.object[error.start]:02x} at position {error.start}") from None


def read_lines(path: str) -> Iterator[bytes]:
    """The lines of a file, or of standard input for `-`, as they are asked for. UsageError, at once, where it cannot be opened."""
    try:
        if path != "-":
            open(path, "rb").close()
    except OSError as error:
        raise _unreadable(path, error) from None
    return _lines(path)


def _lines(path: str) -> Iterator[bytes]:
    if path == "-":
        yield from sys.stdin.buffer
        return
    with open(path, "rb") as stream:
        yield from stream


def _unreadable(path: str, error: OSError) -> UsageError:
    if isinstance(error, FileNotFoundError):
        return UsageError(f"there is no file {path}")
    return UsageError(f"{path} cannot be read: {error.strerror or error}")
