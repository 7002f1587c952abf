"""Hold the documents to what they say: every relative link leads somewhere, and every program in them runs.

Usage: python packaging/check_docs.py      (with the interpreter that the package is installed in)

Python blocks of a document run in order and share their names, as a reader would type them. A C block with a main()
is compiled by the C compiler alone, as the installed package is used; a Swift block that imports SwiftGAN becomes a
program of a package that depends on this one. A fence marked 'no-run' (```python no-run) is only shown.
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
SWIFT_PACKAGE = ROOT / ".build" / "docs"
TIME_LIMIT_S = 300
MANIFEST = """// swift-tools-version: 6.1
import PackageDescription
let package = Package(
  name: "docs",
  dependencies: [.package(name: "swiftgan", path: "{root}")],
  targets: [{targets}]
)
"""
TARGET = '.executableTarget(name: "{name}", dependencies: [.product(name: "SwiftGAN", package: "swiftgan")])'


class Block(NamedTuple):
    """A fenced block of code and where it begins."""

    path: pathlib.Path
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} ({self.language})"


def documents() -> list[pathlib.Path]:
    """Return the Markdown files of the project."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("[a-z]*/README.md"))]


def split(path: pathlib.Path) -> tuple[str, list[Block]]:
    """Return a document's text without its code, and the blocks that are to run."""
    prose: list[str] = []
    blocks: list[Block] = []
    fence: list[str] | None = None
    code: list[str] = []
    start = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.lstrip().startswith("```"):
            if fence is None:
                fence, code, start = line.strip().strip("`").split(), [], number
            else:
                if fence and "no-run" not in fence:
                    blocks.append(Block(path, start, fence[0], "\n".join(code) + "\n"))
                fence = None
        elif fence is not None:
            code.append(line)
        else:
            prose.append(line)
    return "\n".join(prose), blocks


def anchors(path: pathlib.Path) -> set[str]:
    """Return the anchors that GitHub gives to a document's headings."""
    headings = re.findall(r"^#+\s+(.*?)\s*$", split(path)[0], re.MULTILINE)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def broken_links(path: pathlib.Path, prose: str) -> list[str]:
    """Return a complaint for each relative link or picture that leads nowhere."""
    complaints = []
    markdown = re.findall(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)", prose)
    for target in markdown + re.findall(r'(?:src|href)="([^"]+)"', prose):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        goal = (path.parent / name).resolve() if name else path
        if not goal.exists():
            complaints.append(f"{path.relative_to(ROOT)}: '{target}' does not exist")
        elif anchor and goal.suffix == ".md" and anchor not in anchors(goal):
            complaints.append(f"{path.relative_to(ROOT)}: '{target}' names no heading there")
    return complaints


def run(what: str, command: list[str], folder: pathlib.Path) -> list[str]:
    """Run a program; return a complaint with the end of what it printed when it fails."""
    began = time.monotonic()
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIME_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return [f"{what}: still running after {TIME_LIMIT_S} s"]
    if done.returncode != 0:
        return [f"{what}: exit status {done.returncode}\n{done.stdout[-3000:]}"]
    print(f"  {what}: {time.monotonic() - began:.1f} s", flush=True)
    return []


def check_python(blocks: list[Block], folder: pathlib.Path) -> list[str]:
    """Run the Python blocks of one document as one program whose lines are the document's."""
    lines: list[str] = []
    for block in blocks:
        lines += [""] * (block.line - len(lines)) + block.code.splitlines()
    script = folder / f"{blocks[0].path.stem}.py"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return run(f"{blocks[0].path.relative_to(ROOT)} ({len(blocks)} python)", [sys.executable, str(script)], folder)


def check_c(block: Block, folder: pathlib.Path) -> list[str]:
    """Compile and run a C block against the installed package."""
    spec = importlib.util.find_spec("swiftgan")
    if spec is None or spec.origin is None:
        return ["swiftgan is not installed for this interpreter: run 'make docs'"]
    package = pathlib.Path(spec.origin).parent
    (folder / "block.c").write_text(block.code, encoding="utf-8")
    library = next((package / "lib").glob("libswiftgan*"))
    compiler = shutil.which("gcc") or shutil.which("clang") or "cc"
    command = [compiler, "-std=c99", "-pedantic", "-Wall", "-Werror", f"-I{package / 'include'}"]
    command += ["block.c", "-o", "block", str(library), f"-Wl,-rpath,{library.parent}", "-lm"]
    return run(f"{block} compile", command, folder) or run(str(block), ["./block"], folder)


def check_swift(blocks: list[Block], folder: pathlib.Path) -> list[str]:
    """Build all Swift blocks as programs of one package, then run each."""
    names = {f"block{number}": block for number, block in enumerate(blocks)}
    for name, block in names.items():
        source = SWIFT_PACKAGE / "Sources" / name / "main.swift"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(block.code, encoding="utf-8")
    manifest = MANIFEST.format(root=ROOT, targets=", ".join(TARGET.format(name=name) for name in names))
    (SWIFT_PACKAGE / "Package.swift").write_text(manifest, encoding="utf-8")
    build = ["swift", "build", "-c", "release", "--package-path", str(SWIFT_PACKAGE)]
    complaints = run(f"{len(blocks)} swift programs build", build, folder)
    if complaints:
        return complaints
    binaries = SWIFT_PACKAGE / ".build" / "release"
    return [line for name, block in names.items() for line in run(str(block), [str(binaries / name)], folder)]


def main() -> int:
    complaints: list[str] = []
    swift: list[Block] = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path in documents():
            prose, blocks = split(path)
            complaints += broken_links(path, prose)
            python = [block for block in blocks if block.language == "python"]
            if python:
                complaints += check_python(python, folder)
            for block in blocks:
                if block.language == "c" and "int main(" in block.code:
                    complaints += check_c(block, folder)
            swift += [block for block in blocks if block.language == "swift" and "import SwiftGAN" in block.code]
        if swift:
            complaints += check_swift(swift, folder)
    for complaint in complaints:
        print(f"error: {complaint}", file=sys.stderr)
    print(f"{len(documents())} documents checked, {len(complaints)} complaints")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
