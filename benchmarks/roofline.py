"""Each kernel's speed beside what the machine can do at most and beside oneDNN's, as a table.

    python benchmarks/roofline.py PROGRAM [--rounds 7] [--peer PYTHON] [--json FILE] [GROUP ...]

PROGRAM is made of benchmarks/roofline/*.c (see benchmarks/run). Groups are products, convolutions and streams. What
oneDNN does not have is measured in PyTorch, if --peer names an interpreter that has it. Figures are medians of rounds
in which all contenders of a line ran in turn; the peaks are of the same rounds. For the table alone, of figures that
were kept, give a JSON file in place of the program.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from machine import Watch, busy_note

HERE = Path(__file__).resolve().parent
Case = dict[str, Any]

# Whose peak our products have at each precision, and which of oneDNN's they are compared with.
KINDS = {"highest": "f32", "medium": "bf16", "float64": "f64"}
GOALS = {"highest": 1.15, "medium": 3.0}  # of the DCGAN shapes' total, over oneDNN's best layouts


def rate(case: Case, label: str) -> float | None:
    """Return a contender's speed in units of 10^9 per second; None where it was not measured."""
    seconds = case["seconds"].get(label)
    return case["work"] / statistics.median(seconds) * 1e-9 if seconds else None


def best(case: Case, kind: str) -> float | None:
    """Return the speed of oneDNN's faster layout of those that are there."""
    found = [rate(case, f"onednn {kind} {layout}") for layout in ("plain", "own")]
    return max((one for one in found if one), default=None)


def ratio(ours: float, theirs: float | None) -> str:
    return f"{ours / theirs:.2f}" if theirs else "-"


def number(value: float | None) -> str:
    return f"{value:.1f}" if value else "-"


def lines(case: Case) -> list[tuple[str, ...]]:
    """Return the lines of a case: one for each precision, and each with packed weights where those are of use."""
    result = []
    memory = "memory" in case["most"]
    for label in ("highest", "packed highest", "medium", "packed medium", "float64"):
        ours = rate(case, label)
        if ours is None:
            continue
        kind = KINDS[label.split()[-1]]
        most = statistics.median(case["most"]["memory" if memory else kind]) * 1e-9
        plain, own = (rate(case, f"onednn {kind} {layout}") for layout in ("plain", "own"))
        torch = rate(case, "torch")
        # Like is compared with like: what packs on the way with what takes operands as they lie.
        rival = own if label.startswith("packed") else plain if case["group"] == "products" else best(case, kind)
        result.append(
            (
                f"{case['name']}, {case['pass']}",
                "" if memory else label,
                number(ours),
                number(most),
                f"{ours / most:.0%}",
                number(plain),
                number(own),
                number(torch),
                ratio(ours, rival or torch),
            )
        )
    return result


HEAD = ("", "", "ours", "peak", "share", "oneDNN", "own layouts", "PyTorch", "ratio")
WIDTHS = (45, 16, 8, 8, 7, 9, 13, 9, 7)


def show(cells: tuple[str, ...]) -> None:
    left = "".join(f"{cell:<{width}}" for cell, width in zip(cells[:2], WIDTHS[:2], strict=True))
    print(left + "".join(f"{cell:>{width}}" for cell, width in zip(cells[2:], WIDTHS[2:], strict=True)), flush=True)


def total(cases: list[Case], *labels: str) -> float | None:
    """Return the speed over all cases, each by the fastest of the contenders that are named."""
    time = 0.0
    for case in cases:
        found = [rate(case, label) for label in labels]
        fastest = max((one for one in found if one), default=None)
        if fastest is None:
            return None
        time += case["work"] / fastest
    return sum(case["work"] for case in cases) / time


def show_totals(cases: list[Case]) -> None:
    dcgan = [case for case in cases if case["group"] == "dcgan"]
    if not dcgan:
        return
    print("\nconvolutions of the four DCGAN shapes, all three passes together, GF/s")
    for precision, wanted in GOALS.items():
        kind = KINDS[precision]
        ours = total(dcgan, precision)
        if ours is None:
            print(f" {precision}: not measured: products are float32 here")
            continue
        plain, own = (total(dcgan, f"onednn {kind} {layout}") for layout in ("plain", "own"))
        fastest = total(dcgan, f"onednn {kind} plain", f"onednn {kind} own")
        print(
            f" {precision}: {ours:.1f}; oneDNN {kind}: {number(plain)} NHWC, {number(own)} own layouts,"
            f" {number(fastest)} the faster of both for each; ratio {ratio(ours, fastest)} (wanted: {wanted})"
        )


def measure(program: Path, rounds: int, groups: list[str]) -> tuple[Case, list[Case]]:
    """Run the program, and show each line as it comes."""
    command = [str(program.resolve()), "--rounds", str(rounds), *groups]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        header = json.loads(running.stdout.readline() or "null")
        if header:
            introduce(header)
        cases = []
        for line in running.stdout:
            cases.append(json.loads(line))
            show_case(cases[-1], cases[-2] if len(cases) > 1 else None)
    if running.returncode != 0 or header is None:
        sys.exit(f"roofline: {program} ended with status {running.returncode}")
    return header, cases


def introduce(header: Case) -> None:
    print(
        f"{header['cpu']}, {header['instructions']}, threads: {header['threads']};"
        f" medians of {header['rounds']} interleaved rounds; oneDNN: {header['onednn']}"
    )


def show_case(case: Case, before: Case | None) -> None:
    if before is None or before["unit"] != case["unit"]:
        print(f"\n{case['unit']}")
        show(HEAD)
    for cells in lines(case):
        show(cells)


def add_torch(python: str, cases: list[Case], header: Case) -> str:
    """Have PyTorch measure what oneDNN lacks; return a note on what came of it."""
    missing = [case for case in cases if case["unit"] == "GB/s" and not best(case, "f32")]
    if not missing:
        return ""
    wanted = [{"name": case["name"], "pass": case["pass"]} for case in missing]
    command = [python, str(HERE / "torch_kernels.py"), "--threads", str(header["threads"])]
    command += ["--rounds", str(header["rounds"])]
    try:
        done = subprocess.run(command, input=json.dumps(wanted), capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        words = getattr(error, "stderr", "") or str(error)
        return f"PyTorch is not measured: {words.strip().splitlines()[-1]}"
    found = json.loads(done.stdout)
    for case, seconds in zip(missing, found["seconds"], strict=True):
        if seconds:
            case["seconds"]["torch"] = seconds
    print("\nbeside PyTorch, GB/s, measured after the above in a process of its own")
    show(HEAD)
    for case in missing:
        for cells in lines(case):
            show(cells)
    return f"PyTorch: {found['version']}"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path, help="roofline/*.c, compiled, or a JSON file that --json wrote")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="of products, convolutions, streams; all by default")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has PyTorch")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write all figures of all rounds")
    options = parser.parse_intermixed_args()
    if not 1 <= options.rounds <= 99:
        parser.error(f"--rounds must be 1 to 99, not {options.rounds}")
    if not options.program.exists():
        parser.error(f"there is no {options.program}; benchmarks/run compiles the program")
    return options


def main() -> int:
    options = parse()
    if options.program.suffix == ".json":
        kept = json.loads(options.program.read_text())
        header, cases = kept["header"], kept["cases"]
        introduce(header)
        for before, case in zip([None, *cases], cases, strict=False):
            show_case(case, before)
    else:
        watch = Watch()
        header, cases = measure(options.program, options.rounds, options.groups)
        # Of the processors that this process may use, others' work is what spoils the figures.
        spare = len(os.sched_getaffinity(0)) == os.cpu_count()
        if spare and (note := busy_note(watch.share())):
            print(f"\n{note}")
        if options.peer and (note := add_torch(options.peer, cases, header)):
            print(f"note: {note}")
    show_totals(cases)
    if options.json:
        options.json.write_text(json.dumps({"header": header, "cases": cases}, indent=1) + "\n")
        print(f"\nall figures: {options.json}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
