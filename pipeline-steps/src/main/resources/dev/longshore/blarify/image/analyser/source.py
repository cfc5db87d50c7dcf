"""One source file, read once and decoded."""

import codecs
import errno
import io
import os
import stat
import tokenize


class Skipped(Exception):
    """A file the analyser leaves out; ``reason`` is the last part of the count it goes into."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(path: str, limit: int) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes; raises ``Skipped`` for everything else."""
    try:
        # Neither a link that replaced the file since it was listed nor a pipe may be opened.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Skipped("vanished") from None
    except OSError as error:
        raise Skipped("notRegular" if error.errno in (errno.ELOOP, errno.ENXIO) else "unreadable") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Skipped("notRegular")
        if status.st_size > limit:
            raise Skipped("tooLarge")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(limit + 1)
    except OSError:
        raise Skipped("unreadable") from None
    finally:
        os.close(descriptor)
    if len(content) > limit:
        raise Skipped("tooLarge")
    return content


def decode(content: bytes, python: bool) -> tuple[str, bool]:
    """The text with ``\\n`` line ends, and whether its encoding had to be guessed.

    A byte order mark decides, then Python's coding comment, then UTF-8. What is none of these is read as
    Latin-1, which takes any byte: identifiers are ASCII nearly always, and only comments and strings suffer.
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    if encoding is None and b"\0" in content:
        raise Skipped("binary")
    guessed = False
    try:
        if encoding is None and python:
            encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
        text = content.decode(encoding or "utf-8")
    except (UnicodeDecodeError, SyntaxError, LookupError):
        text, guessed = content.decode("latin-1"), True
    return text.replace("\r\n", "\n").replace("\r", "\n"), guessed


def display_path(path: str) -> str:
    """The path as the graph spells it: bytes that are not UTF-8 become ``%XX``."""
    if path.isascii():
        return path
    return "".join(f"%{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in path)
