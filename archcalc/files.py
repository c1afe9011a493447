"""Files written as a whole: whoever reads one meets the old content or the new, and never half of it."""

from __future__ import annotations

import os
from os import path as paths
from stat import S_IMODE

from archcalc.errors import ReadError
from archcalc.quoting import escaped


def write_whole(path: str, content: bytes) -> None:
    """Put content into a file, in place of what it held, with the permissions that it had.

    What is no regular file, such as /dev/null, is written to directly. A link stays a link: what it points to
    is replaced. Raises ReadError where nothing can be written.
    """
    target = paths.realpath(path)
    try:
        if paths.exists(target) and not paths.isfile(target):
            with open(target, "wb") as file:
                file.write(content)
        else:
            _replace(target, content)
    except OSError as error:
        raise ReadError(f"cannot write {escaped(path)}: {error.strerror or error}") from None


def _replace(target: str, content: bytes) -> None:
    permissions = S_IMODE(os.stat(target).st_mode) if paths.exists(target) else 0o666 & ~_umask()
    if paths.exists(target) and not os.access(target, os.W_OK):
        raise PermissionError(13, os.strerror(13))
    temporary = paths.join(paths.dirname(target), f".{paths.basename(target)[:99]}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.chmod(temporary, permissions)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    """What new files are not to permit; it can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
