"""Texts in files."""

from __future__ import annotations

from ..errors import UsageError


def read_file(path: str) -> str:
    """The text of a file in UTF-8, without a byte order mark. UsageError where there is none to be had."""
    try:
        with open(path, encoding="utf-8-sig") as stream:
            return stream.read()
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: byte 0x{error.object[error.start]:02x} at position {error.start}") from None
