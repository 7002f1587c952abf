"""The command bdist_wheel for machines that have setuptools before 70.1 and no 'wheel' package beside them.

Such is Debian 12 with python3-setuptools and python3-venv alone and no network. It makes what this project needs: one
wheel for one platform, for every CPython from a given version on (PEP 427, PEP 425).
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import shutil
import sysconfig
import zipfile
from pathlib import Path
from typing import ClassVar

from setuptools import Command


class PlainWheel(Command):
    """Make a wheel with the standard library alone."""

    description = "create a wheel distribution"
    user_options: ClassVar = [
        ("bdist-dir=", "b", "ignored; the build folder is used"),
        ("dist-dir=", "d", "the folder to put the wheel in (default: dist)"),
        ("py-limited-api=", None, "the oldest CPython that the limited API is built for, such as cp311"),
    ]

    def initialize_options(self) -> None:
        self.bdist_dir = None
        self.dist_dir = "dist"
        self.py_limited_api = ""

    def finalize_options(self) -> None:
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        self.tag = f"{self.py_limited_api}-abi3-{platform}"

    def egg2dist(self, egg_info: str, dist_info: str) -> None:
        """Write a .dist-info folder from an .egg-info; setuptools calls it when asked for the metadata alone."""
        source, target = Path(egg_info), Path(dist_info)
        target.mkdir(parents=True, exist_ok=True)
        requirements = [f"Requires-Dist: {line}" for line in self.distribution.install_requires]
        for extra, lines in self.distribution.extras_require.items():
            requirements += [f'Requires-Dist: {line}; extra == "{extra}"' for line in lines]
        head, _, description = (source / "PKG-INFO").read_text(encoding="utf-8").partition("\n\n")
        given = [line for line in head.splitlines() if not line.startswith("Requires-Dist:")]
        metadata = "\n".join([*given, *requirements]) + "\n\n" + description
        (target / "METADATA").write_text(metadata, encoding="utf-8")
        for name in ("entry_points.txt", "top_level.txt"):
            if (source / name).exists():
                shutil.copy(source / name, target)
        for name in self.distribution.metadata.license_files or ():
            shutil.copy(name, target)

    def run(self) -> None:
        self.run_command("build")
        self.run_command("egg_info")
        tree = Path(self.get_finalized_command("build").build_lib)
        name = f"{self.distribution.get_name()}-{self.distribution.get_version()}"
        dist_info = tree / f"{name}.dist-info"
        self.egg2dist(self.get_finalized_command("egg_info").egg_info, str(dist_info))
        form = f"Wheel-Version: 1.0\nGenerator: {name}\nRoot-Is-Purelib: false\nTag: {self.tag}\n"
        (dist_info / "WHEEL").write_text(form, encoding="utf-8")

        wheel = Path(self.dist_dir, f"{name}-{self.tag}.whl")
        wheel.parent.mkdir(parents=True, exist_ok=True)
        record = io.StringIO()
        rows = csv.writer(record, lineterminator="\n")
        listing = f"{dist_info.name}/RECORD"
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(path for path in tree.rglob("*") if path.is_file()):
                content, member = path.read_bytes(), path.relative_to(tree).as_posix()
                digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                rows.writerow([member, f"sha256={digest}", len(content)])
                archive.write(path, member)
            rows.writerow([listing, "", ""])
            archive.writestr(listing, record.getvalue())
        self.distribution.dist_files.append(("bdist_wheel", "", str(wheel)))
