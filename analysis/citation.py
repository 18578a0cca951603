"""How to cite: the few fields of CITATION.cff that a reader needs."""

import re


def scalar(text, name, at=0):
    """The value of a key at some depth; folded lines are joined."""
    match = re.search(rf"^ {{{at}}}(?:- )?{name}: *(.*(?:\n {{{at + 2}}}.*)*)", text, re.M)
    if match is None:
        return ""
    words = re.sub(r"^>-?\s*", "", match.group(1))
    return " ".join(words.split()).strip("\"'")


def people(text):
    """Authors as `S. M. H. Mirfakhraei`, or by the name they go by."""
    block = re.search(r"^( *)authors:\n((?:\1 +.*\n?)+)", text, re.M)
    if block is None:
        return ""
    found = []
    for entry in re.split(r"^ *- ", block.group(2), flags=re.M)[1:]:
        part = dict(re.findall(r"^ *([\w-]+): *(.+)$", entry, re.M))
        names = [part.get("given-names", ""), part.get("family-names", ""), part.get("name", "")]
        found.append(" ".join(n.strip("\"'") for n in names if n))
    return ", ".join(found)


def article(text):
    """The first article among the references, in one line."""
    _, _, references = text.partition("\nreferences:\n")
    for entry in re.split(r"^  - (?=type:)", references, flags=re.M)[1:]:
        if not entry.startswith("type: article"):
            continue
        part = {name: scalar(entry, name, 4) for name in ("title", "journal", "volume", "issue", "year")}
        issue = f"({part['issue']})" if part["issue"] else ""
        where = " ".join(w for w in (part["journal"], part["volume"] + issue) if w)
        return f"{people(entry)}, “{part['title']}”, {where}, {part['year']}."
    return ""


def read_citation(path, manifest):
    """Lines that cite the program and the work it is about; none without a CITATION.cff."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return []
    own = text.partition("\nreferences:\n")[0]
    version = manifest.get("version") or scalar(own, "version")
    program = f"{people(own)}, {scalar(own, 'title')} {version}"
    commit = f", commit {manifest['commit']}" if manifest.get("commit") else ""
    link = scalar(own, "repository-code") or scalar(own, "url") or scalar(own, "doi")
    licence = f", {scalar(own, 'license')}" if scalar(own, "license") else ""
    program = f"{program}{commit}{licence}{', ' + link if link else ''}."
    about = article(text)
    return [program] + ([f"On the argument that it was made to examine: {about}"] if about else [])
