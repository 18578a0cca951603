"""A configuration's text with other values; the rest stays as it was written."""

from .folder import FolderError
from .scenario import TOKEN, read


def parsed(path):
    """A file's text, and what it says."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, read(text)
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: {error}") from None


def value_end(found, at):
    """Index after the value that starts with this token."""
    if found[at].lastgroup == "string":
        while at < len(found) and found[at].lastgroup == "string":  # neighbouring strings are one
            at += 1
        return at
    depth = 0
    while True:
        depth += (found[at].group() in "{[(") - (found[at].group() in "}])")
        at += 1
        if depth == 0:
            return at


def settings(found, at, end, path=()):
    """Each setting between two tokens: its path, and where its value starts and ends in the text."""
    while at < end:
        if found[at].lastgroup != "name":
            at += 1
            continue
        here, first = (*path, found[at].group()), at + 2
        at = value_end(found, first)
        yield here, found[first].start(), found[at - 1].end()
        if found[first].group() == "{":
            yield from settings(found, first + 1, at - 1, here)


def place(text, *path):
    """Where a value stands; None if it is not given. Twice, or a section that is missing, is an error."""
    found = [match for match in TOKEN.finditer(text) if match.lastgroup]
    at = [span for name, *span in settings(found, 0, len(found)) if name == path]
    if len(at) > 1 or (not at and len(path) == 1):
        raise FolderError(f"the design has {'.'.join(path)} {len(at)} times; allowed: once")
    return at[0] if at else None


def put(text, section, key, value, needed=False):
    """The text with a value replaced, or added if the design leaves it at its default."""
    start, end = place(text, section)
    at = place(text, section, key)
    value = literal(value)
    if at:
        return text[: at[0]] + value + text[at[1] :]
    if needed:
        raise FolderError(f"the design has no {section}.{key}; allowed: a design that gives it")
    return f"{text[: end - 1].rstrip()}\n  {key} = {value};\n}}{text[end:]}"


def literal(value):
    """As a configuration has it."""
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
