"""Reader of the subset of libconfig in which `waltz check --effective` prints a scenario; part of the rebuild."""
import re

TOKEN = re.compile(r'''\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/        # blanks and comments
  |(?P<string>"(?:[^"\\]|\\.)*")
  |(?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)L{0,2})
  |(?P<name>[A-Za-z*][-A-Za-z0-9_*]*)
  |(?P<mark>[={}\[\]();:,])''', re.X | re.S)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "a": "\a", "b": "\b", "v": "\v"}


def tokens(text):
    """List of (kind, text) without blanks and comments."""
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"cannot read {text[at:at + 30]!r}")
        if match.lastgroup:
            found.append((match.lastgroup, match.group()))
        at = match.end()
    return found


def unescape(text):
    """C escapes of a text in quotes."""
    def one(match):
        code = match.group(1)
        return chr(int(code[1:], 16)) if code[0] == "x" and len(code) == 3 else ESCAPES.get(code, code)
    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", one, text[1:-1], flags=re.S)


def number(text):
    """Whole numbers (with L, hexadecimal) stay int, others become float."""
    text = text.rstrip("L")
    return int(text, 16 if "x" in text.lower() else 10) if re.fullmatch(r"[-+]?(\d+|0[xX].*)", text) else float(text)


def value(items):
    """One value from the reversed list of tokens."""
    kind, text = items.pop()
    if kind == "string":
        out = unescape(text)
        while items and items[-1][0] == "string":  # neighbouring strings are one
            out += unescape(items.pop()[1])
        return out
    if kind == "number":
        return number(text)
    if kind == "name" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text == "{":
        return group(items, "}")
    if text in "[(":
        out = []
        while items[-1][1] not in ("]", ")"):
            out.append(value(items))
            if items[-1][1] == ",":
                items.pop()
        items.pop()
        return out
    raise ValueError(f"unexpected {text!r}")


def group(items, closing):
    """Members of a group in their order, up to the closing mark (None: end of file)."""
    out = {}
    while items and items[-1][1] != closing:
        name = items.pop()[1]
        if items.pop()[1] not in ("=", ":"):
            raise ValueError(f"no value for {name}")
        out[name] = value(items)
        while items and items[-1][1] in (";", ","):
            items.pop()
    if closing:
        items.pop()
    return out


def load(path):
    """A scenario file as nested dicts."""
    with open(path, encoding="utf-8") as file:
        return group(tokens(file.read())[::-1], None)
