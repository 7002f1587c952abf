"""Build swiftgan: the Swift core as one shared library, and the CPython extension that calls it.

    swiftgan/_core.abi3.so               the extension, in the limited API: one build serves every CPython from 3.11 on
    swiftgan/lib/libswiftgan.so.0        the core with its Swift runtime inside; only sg_* is exported
    swiftgan/lib/pkgconfig/swiftgan.pc   for C programs; finds its files relative to itself
    swiftgan/include/swiftgan.h          the C interface

What the package is and needs stands in pyproject.toml. The version stands in swiftgan.h and nowhere else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import ClassVar

from setuptools import Command, Extension, find_packages, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError, ExecError, PlatformError

ROOT = Path(__file__).resolve().parent

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # setuptools before 70.1 leaves it to the wheel package
    try:
        from wheel.bdist_wheel import bdist_wheel
    except ImportError:  # nor does Debian 12 bring that along
        sys.path.insert(0, str(ROOT / "packaging"))
        from plain_wheel import PlainWheel as bdist_wheel

HEADER = ROOT / "Sources" / "CSwiftGAN" / "include" / "swiftgan.h"
SCRATCH = ROOT / ".build" / "python"
DARWIN = sys.platform == "darwin"
LIBRARY = "libswiftgan.0.dylib" if DARWIN else "libswiftgan.so.0"


def version() -> str:
    """Return the version that swiftgan.h declares."""
    found = re.search(r'^#define SG_VERSION "([^"]+)"', HEADER.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise SystemExit(f"{HEADER} defines no SG_VERSION; cannot tell which version this is")
    return found[1]


def swift_flags() -> list[str]:
    """Return the flags that make the core a self-contained library with a clean export table.

    They stand here and not in Package.swift: there they would be unsafeFlags, and other packages could not depend on
    this one by version. SwiftPM ignores --static-swift-stdlib for dynamic products, and of the linkers only lld keeps
    the runtime's symbols out of the export table.
    """
    if DARWIN:  # untested: the runtime is part of macOS, so only the name needs setting
        return ["-Xlinker", "-install_name", "-Xlinker", f"@rpath/{LIBRARY}"]
    linker = ["--gc-sections", "-z", "nostart-stop-gc", f"-soname={LIBRARY}"]
    linker += [f"--version-script={ROOT / 'packaging' / 'swiftgan.map'}", "-s"]
    flags = ["-static-stdlib", "-use-ld=lld"]
    # Out of reach, so that no slip such as text.contains("word") links them: they are a seventh of the wheel.
    for module in ("string-processing", "concurrency"):
        flags += ["-Xfrontend", f"-disable-implicit-{module}-module-import"]
    return [word for option in flags for word in ("-Xswiftc", option)] + [
        word for option in linker for word in ("-Xlinker", option)
    ]


def build_core() -> Path:
    """Compile the Swift core and return the path of its shared library."""
    if shutil.which("swift") is None:
        raise ExecError(
            "swiftgan is written in Swift, and no 'swift' is on PATH. "
            "Install Swift 6.1 or newer (https://www.swift.org/install) and add its usr/bin folder to PATH."
        )
    # Flags meant for Python's C compiler confuse Swift's clang.
    dropped = ("CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "LDSHARED")
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    command = ["swift", "build", "-c", "release", "--product", "swiftgan", "--scratch-path", str(SCRATCH)]
    command += ["--package-path", str(ROOT), *swift_flags()]
    try:
        subprocess.run(command, env=environment, check=True)
        found = subprocess.run([*command, "--show-bin-path"], env=environment, check=True, stdout=subprocess.PIPE)
    except subprocess.CalledProcessError as error:
        raise CompileError(f"'swift build' failed with status {error.returncode}; its messages are above") from None
    return Path(found.stdout.decode().strip()) / ("libswiftgan.dylib" if DARWIN else "libswiftgan.so")


def install(source: Path | bytes, target: Path) -> None:
    """Put a file in place by renaming: a process that has the old one mapped must keep it, not see it change."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.write_bytes(source if isinstance(source, bytes) else source.read_bytes())
    if target.name == LIBRARY:
        temporary.chmod(0o755)
    os.replace(temporary, target)


def install_core(core: Path, prefix: Path) -> None:
    """Put the core's library, its header and its pkg-config file under lib/ and include/ of a folder."""
    template = (ROOT / "packaging" / "swiftgan.pc.in").read_text(encoding="utf-8")
    description = template.replace("@VERSION@", version()).replace("@LIBRARY@", LIBRARY)
    install(core, prefix / "lib" / LIBRARY)
    install(HEADER, prefix / "include" / HEADER.name)
    install(description.encode(), prefix / "lib" / "pkgconfig" / "swiftgan.pc")


class BuildCore(Command):
    """Build the core without Python, for C programs."""

    description = "build the C library alone and install it under a prefix"
    user_options: ClassVar = [("prefix=", None, "the folder to install lib/ and include/ into")]

    def initialize_options(self) -> None:
        self.prefix = "/usr/local"

    def finalize_options(self) -> None: ...

    def run(self) -> None:
        prefix = Path(self.prefix)
        install_core(build_core(), prefix)
        # The name that -lswiftgan looks for. A wheel cannot hold links; there the pkg-config file names the library.
        link = prefix / "lib" / ("libswiftgan.dylib" if DARWIN else "libswiftgan.so")
        link.unlink(missing_ok=True)
        link.symlink_to(LIBRARY)


class BuildExtension(build_ext):
    """Build the Swift core, put it beside the extension, and link the extension to it."""

    def run(self) -> None:
        header = Path(sysconfig.get_path("include"), "Python.h")
        if not header.exists():
            raise PlatformError(
                f"{header} is missing, so the extension cannot be compiled. "
                "Install Python's headers; on Debian and Ubuntu: apt-get install python3-dev"
            )
        core = build_core()
        package = self.get_finalized_command("build_py").get_package_dir("swiftgan")
        install_core(core, Path(package) if self.inplace else Path(self.build_lib, "swiftgan"))
        for extension in self.extensions:
            extension.extra_objects = [str(core)]
        super().run()

    def build_extensions(self) -> None:
        # An interpreter built with an rpath of its own (pyenv's are) would hand it to every extension.
        linker = [word for word in self.compiler.linker_so if not word.startswith("-Wl,-rpath")]
        compiler = list(self.compiler.compiler_so)
        if shutil.which(compiler[0]) is None:  # a Swift toolchain always brings a C compiler
            clang = shutil.which("clang") or str(Path(os.path.realpath(shutil.which("swift") or "")).parent / "clang")
            compiler[0] = linker[0] = clang
        self.compiler.set_executables(compiler_so=compiler, linker_so=linker)
        super().build_extensions()


class BuildWheel(bdist_wheel):
    """Make the wheel from a fresh build folder, so that files deleted since the last one stay out of it."""

    def finalize_options(self) -> None:
        # Found by setuptools itself, but for version 66, whose pattern for NOTICE begins with a space.
        self.distribution.metadata.license_files = ["LICENSE", "NOTICE"]
        super().finalize_options()

    def run(self) -> None:
        shutil.rmtree(self.get_finalized_command("build").build_base, ignore_errors=True)
        super().run()


core_extension = Extension(
    "swiftgan._core",
    sources=sorted(str(path.relative_to(ROOT)) for path in (ROOT / "python" / "core").glob("*.c")),
    depends=[str(HEADER), *sorted(str(path) for path in (ROOT / "python" / "core").glob("*.h"))],
    include_dirs=[str(HEADER.parent)],
    define_macros=[("Py_LIMITED_API", "0x030B0000")],
    extra_compile_args=["-std=c11", "-fvisibility=hidden", "-Wall", "-Wextra"],
    extra_link_args=["-Wl,-rpath,@loader_path/lib"] if DARWIN else ["-Wl,-rpath,$ORIGIN/lib", "-Wl,-s"],
    py_limited_api=True,
)

setup(
    version=version(),
    license="Apache-2.0",
    package_dir={"": "python"},
    packages=find_packages("python", include=["swiftgan", "swiftgan.*"]),
    package_data={"": ["py.typed", "*.pyi"]},
    include_package_data=False,
    ext_modules=[core_extension],
    cmdclass={"build_core": BuildCore, "build_ext": BuildExtension, "bdist_wheel": BuildWheel},
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
