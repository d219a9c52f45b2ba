#!/usr/bin/env python3
"""Times ws-lint against the tools that it wants to keep up with, on trees from the registries.

    python3 benches/compare.py            # everything, into benches/RESULTS.md
    python3 benches/compare.py --only rg  # the comparisons whose name holds `rg`, to standard output

Needs Python 3.12, pip, cargo and a network. What it fetches and makes lies in target/bench and is kept. The runs of a
comparison are interleaved, A B A B, so that what else the machine does falls on both; ratios are of medians.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "target" / "bench"
PEERS = ["ripgrep", "ruff", "ast-grep-cli", "semgrep"]
# Large, well known, and with little to find.
PACKAGES = ["django", "numpy", "pandas", "scipy", "sympy", "sqlalchemy", "twisted", "scikit-learn", "matplotlib", "networkx"]
# Sources whose tests talk WebSocket.
TESTED = ["websockets==13.1", "websockets==15.0.1", "uvicorn", "sanic", "httpx-ws", "python-socketio", "tornado", "daphne", "autobahn", "picows"]


# A process that is started from this one reports at least the memory that this one has: what it was before it became
# another program counts. So a small one starts it, and says what it took.
STARTER = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
print(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
"""


@dataclass
class Run:
    """What the operating system says of one finished process."""

    seconds: float
    cpu: float
    mebibytes: float


@dataclass
class Side:
    name: str
    command: list
    cwd: Path
    before: object = None
    runs: list = field(default_factory=list)

    def run(self):
        if self.before:
            self.before()
        starter = [sys.executable, "-ISc", STARTER, *map(str, self.command)]
        told = subprocess.run(starter, cwd=self.cwd, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
        seconds, cpu, mebibytes = map(float, told[:3])
        code = int(told[3])
        if code not in (0, 1):
            sys.exit(f"{self.name}: exit code {code}: {' '.join(map(str, self.command))}")
        return Run(seconds, cpu, mebibytes)

    def median(self, what="seconds"):
        return statistics.median(getattr(run, what) for run in self.runs)

    def end(self):
        """Nothing runs on."""


@dataclass
class Watching(Side):
    """What waits for changes. A run of it is what one change costs, from the write to when the next one is waited for."""

    changed: Path = None
    process: subprocess.Popen = None

    def run(self):
        if self.process is None:
            self.process = subprocess.Popen(self.command, cwd=self.cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            self.wait()
        start, before = time.perf_counter(), self.cpu()
        with self.changed.open("a") as file:
            file.write("# changed\n")
        self.wait()
        return Run(time.perf_counter() - start, self.cpu() - before, self.mebibytes())

    def wait(self):
        while not self.process.stderr.readline().startswith("note: watching"):
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended")

    def cpu(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def mebibytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def end(self):
        self.process.kill()
        self.process.wait()


@dataclass
class Comparison:
    """Two commands, and how many times the other's time ours may take (or has to stay below): wall time, or that of the CPU."""

    name: str
    ours: Side
    other: Side
    goal: float | None
    runs: int = 10
    figure: str = "seconds"

    def measure(self):
        for side in (self.ours, self.other):
            side.run()
        for _ in range(self.runs):
            for side in (self.ours, self.other):
                side.runs.append(side.run())
        for side in (self.ours, self.other):
            side.end()

    @property
    def ratio(self):
        return self.ours.median(self.figure) / self.other.median(self.figure)

    def row(self):
        goal, verdict = "", ""
        if self.goal is not None:
            goal = f"{self.goal:.3g}"
            verdict = "met" if self.ratio <= self.goal else "**missed**"
        return (
            f"| {self.name} | {shown(self.ours.median())} | {self.ours.median('cpu'):.2f} s | {self.ours.median('mebibytes'):.0f} MiB "
            f"| {shown(self.other.median())} | {self.ratio:.3g} | {goal} | {verdict} |"
        )


def shown(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


# What is measured.


def comparisons(tools, trees):
    lint = [tools["ws-lint"], "--isolated", "--quiet"]
    grep = [tools["rg"], "-l", "open_timeout", "-tpy", "-trust"]

    def against(name, peer, command, tree, goal, runs=10):
        return Comparison(name, Side("ws-lint", [*lint, "."], tree), Side(peer, command, tree), goal, runs)

    yield against("few matches, rg", "rg", grep, trees["site-packages"], 1.5)
    yield against("tests with matches, rg", "rg", grep, trees["tested"], 3)
    yield against("crates, rg", "rg", grep, trees["crates"], 1.5)
    yield against("monorepo of 100,000 files, rg", "rg", grep, trees["monorepo"], 1.5, 10)
    ruff = [tools["ruff"], "check", "--no-cache", "--isolated", "--select", "ASYNC,T20", "."]
    yield against("few matches, ruff", "ruff", ruff, trees["site-packages"], 1 / 5)
    pattern = [tools["ast-grep"], "run", "-l", "python", "-p", "websockets.connect($$$)", "."]
    yield against("few matches, ast-grep", "ast-grep", pattern, trees["site-packages"], 1 / 10)
    rule = ["--config", str(trees["semgrep.yaml"]), "--metrics=off", "--disable-version-check", "--quiet", "--no-git-ignore", "."]
    semgrep = [tools["semgrep"], "scan", *rule]
    yield against("tests with matches, semgrep", "semgrep", semgrep, trees["tested"], 1 / 100, 3)
    yield against("few matches, semgrep", "semgrep", semgrep, trees["site-packages"], 1 / 100, 3)
    small = trees["small"]
    yield Comparison(
        "start on one small file, rg",
        Side("ws-lint", [*lint, "small.py"], small),
        Side("rg", [tools["rg"], "-l", "open_timeout", "small.py"], small),
        1.2,
        50,
    )
    yield scaled("100,000 files against 10,000", lint, trees["monorepo"], trees["monorepo-tenth"], 11)
    yield scaled("one file of 50 MB against 5 MB", lint, trees["large"], trees["large-tenth"], 11)
    yield scaled("a line of 5 MB against 0.5 MB", lint, trees["line"], trees["line-tenth"], 11)
    yield scaled("10,000 findings in a file against 1,000", lint, trees["findings"], trees["findings-tenth"], 11)
    for name, options in GROWING.items():
        yield scaled(f"growth of {name}", [*lint, *options], trees[f"growing {name}"], trees[f"growing {name}, half"], 2.3)
    yield Comparison(
        "--diff of 1,000 files, which fixes and does not write them, against their check",
        Side("ws-lint --diff", [*lint, "--diff", "."], trees["fixable"]),
        Side("ws-lint", [*lint, "."], trees["fixable"]),
        2,
    )
    changed = trees["monorepo"] / "team_0" / "package_0" / "module_0.py"
    yield Comparison(
        "--watch, one of 100,000 files changed, against a whole run (CPU time: it waits for 100 ms without another change)",
        Watching("ws-lint --watch", [tools["ws-lint"], "--isolated", "--watch", "."], trees["monorepo"], changed=changed),
        Side("ws-lint", [*lint, "."], trees["monorepo"]),
        1 / 20,
        figure="cpu",
    )
    copy = BENCH / "to-fix"
    yield Comparison(
        "--fix of 1,000 files, with the writes, against their check",
        Side("ws-lint --fix", [*lint, "--fix", "."], copy, lambda: renew(trees["fixable"], copy)),
        Side("ws-lint", [*lint, "."], trees["fixable"]),
        None,
    )


# What grew with its square once, each twice the size of the other side, with the options that it is run with.
GROWING = {
    "32,000 prints": [],
    "8,000 functions that connect and print": [],
    "16,000 elif that connect": [],
    "16,000 imports of one module": [],
    "8,000 globs": [],
    "80,000 dependencies in a line": [],
    "a workspace of 40 members with a lock of 1 MB": [],
}


def growing(name, folder, half):
    """A tree of this name, or one of half its size."""
    part = 2 if half else 1
    if name.startswith("32,000 prints"):
        write(folder / "a.py", "print('\u2713')\n" * (32_000 // part))
    elif name.startswith("8,000 functions"):
        each = "async def f{0}(u):\n    ws = await websockets.connect(u)\n    print('\u2713')\n\n\n"
        write(folder / "a.py", "import websockets\n\n\n" + "".join(each.format(index) for index in range(8_000 // part)))
    elif name.startswith("16,000 elif"):
        each = "    elif a == {}:\n        await websockets.connect(u)\n"
        head = "import websockets\n\n\nasync def f(a, u):\n    if a:\n        pass\n"
        write(folder / "a.py", head + "".join(each.format(index) for index in range(16_000 // part)))
    elif name.startswith("16,000 imports"):
        imports = "".join(f"import websockets as w{index}\n" for index in range(16_000 // part))
        uses = "".join(f"    await w{index}.connect(u)\n" for index in range(16_000 // part))
        write(folder / "a.py", f"{imports}\n\nasync def f(u):\n{uses}")
    elif name.startswith("8,000 globs"):
        globs = "".join(f"use m{index}::*;\n" for index in range(8_000 // part))
        uses = "    connect_async(u).await;\n" * (8_000 // part)
        write(folder / "a.rs", f"use tokio_tungstenite::connect_async;\n{globs}\nasync fn f(u: &str) {{\n{uses}}}\n")
    elif name.startswith("80,000 dependencies"):
        names = ", ".join(f'"p{index}"' for index in range(80_000 // part))
        write(folder / "pyproject.toml", f'[project]\nname = "a"\nversion = "1"\ndependencies = [{names}, "websockets"]\n')
    else:
        workspace(folder, 40 // part, 1_000_000 // part)


def workspace(folder, members, lock):
    """One connect in each member of a uv workspace, and a lock file of so many bytes."""
    write(folder / "pyproject.toml", '[project]\nname = "root"\nversion = "1"\n[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    each = '[[package]]\nname = "p{}"\nversion = "1.0.0"\nsource = {{ registry = "https://pypi.org/simple" }}\n\n'
    write(folder / "uv.lock", "version = 1\n\n" + "".join(each.format(index) for index in range(lock // len(each))))
    for index in range(members):
        member = folder / "packages" / f"m{index}"
        member.mkdir(parents=True)
        write(member / "pyproject.toml", f'[project]\nname = "m{index}"\nversion = "1"\ndependencies = ["websockets"]\n')
        write(member / "a.py", "import websockets\n\n\nasync def f(u):\n    await websockets.connect(u)\n")


def scaled(name, lint, large, small, goal):
    return Comparison(name, Side("ws-lint", [*lint, "."], large), Side("ws-lint", [*lint, "."], small), goal)


def renew(source, copy):
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy)


# Where it comes from.


def peers():
    folder = BENCH / "peers"
    if not (folder / "done").exists():
        venv.create(folder, with_pip=True, clear=True)
        check([folder / "bin" / "pip", "install", "--quiet", *PEERS])
        (folder / "done").touch()
    names = {"rg": "rg", "ruff": "ruff", "ast-grep": "ast-grep", "semgrep": "semgrep"}
    return {name: str(folder / "bin" / program) for name, program in names.items()}


def ws_lint():
    check(["cargo", "build", "--release", "--quiet"])
    return str(ROOT / "target" / "release" / "ws-lint")


def corpora():
    made = {
        "site-packages": site_packages,
        "tested": tested,
        "crates": crates,
        "monorepo": lambda folder: monorepo(folder, 100_000),
        "monorepo-tenth": lambda folder: monorepo(folder, 10_000),
        "small": lambda folder: write(folder / "small.py", "def add(a, b):\n    return a + b\n"),
        "large": lambda folder: write(folder / "large.py", large(50_000_000)),
        "large-tenth": lambda folder: write(folder / "large.py", large(5_000_000)),
        "line": lambda folder: write(folder / "line.py", line(5_000_000)),
        "line-tenth": lambda folder: write(folder / "line.py", line(500_000)),
        "findings": lambda folder: write(folder / "findings.py", findings(10_000)),
        "findings-tenth": lambda folder: write(folder / "findings.py", findings(1_000)),
        "fixable": fixable,
    }
    for name in GROWING:
        made[f"growing {name}"] = lambda folder, name=name: growing(name, folder, half=False)
        made[f"growing {name}, half"] = lambda folder, name=name: growing(name, folder, half=True)
    trees = {}
    for name, make in made.items():
        folder = BENCH / name
        if not (BENCH / f"{name}.done").exists():
            print(f"making {folder.relative_to(ROOT)}", file=sys.stderr)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            (BENCH / f"{name}.done").touch()
        trees[name] = folder
    trees["semgrep.yaml"] = BENCH / "semgrep.yaml"
    write(
        trees["semgrep.yaml"],
        "rules:\n  - id: connect\n    pattern: websockets.connect(...)\n    message: connect\n    languages: [python]\n    severity: INFO\n",
    )
    return trees


def site_packages(folder):
    pip = BENCH / "peers" / "bin" / "pip"
    check([pip, "install", "--quiet", "--no-deps", "--no-compile", "--target", folder, *PACKAGES])


def tested(folder):
    """Sources as their authors publish them, unpacked and not built."""
    for requirement in TESTED:
        package, _, version = requirement.partition("==")
        request = urllib.request.Request(
            f"https://pypi.org/simple/{package}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
        )
        with urllib.request.urlopen(request) as answer:
            files = [file for file in json.load(answer)["files"] if file["filename"].endswith(f"{version}.tar.gz")]
        archive = max(files, key=lambda file: file["upload-time"])
        with tempfile.TemporaryDirectory() as downloads:
            local = Path(downloads) / archive["filename"]
            with urllib.request.urlopen(archive["url"]) as answer:
                local.write_bytes(answer.read())
            shutil.unpack_archive(local, folder, filter="data")


def crates(folder):
    check(["cargo", "vendor", "--quiet", "--locked", folder])


def monorepo(folder, files):
    """Small packages: one file in fifty connects, one in ten of those is a mistake."""
    for index in range(files):
        package = folder / f"team_{index // 2000}" / f"package_{index // 50 % 40}"
        if index % 50 == 0:
            package.mkdir(parents=True)
        write(package / f"module_{index % 50}.py", module(index))


def module(index):
    lines = ['"""A module."""', "import json", "", ""]
    for number in range(40):
        lines += [f"def load_{number}(path, timeout={number}):", "    with open(path) as file:", "        return json.load(file)", "", ""]
    if index % 50 == 0:
        argument = ", open_timeout=5" if index % 500 == 0 else ""
        lines += [
            "import asyncio",
            "import websockets",
            "",
            "",
            "async def listen(url):",
            "    async with asyncio.timeout(5):",
            f"        async with websockets.connect(url{argument}) as ws:",
            "            await ws.send('x')",
        ]
    return "\n".join(lines) + "\n"


def large(size):
    """Code with one mistake at its end."""
    function = "def add(a, b):\n    total = a + b  # the sum\n    return {'total': total, 'parts': [a, b]}\n\n\n"
    return function * (size // len(function)) + findings(1)


def line(size):
    return "import websockets\nNUMBERS = [" + "1, " * (size // 3) + "]\nasync def f(u): await websockets.connect(u, open_timeout=5)\n"


def findings(count):
    each = "async def f{0}(url):\n    ws = await websockets.connect(url, open_timeout={0})\n    await ws.close()\n\n\n"
    return "import websockets\n\n\n" + "".join(each.format(index + 1) for index in range(count))


def fixable(folder):
    for index in range(1000):
        write(folder / f"test_{index}.py", findings(3))


def write(path, text):
    path.write_text(text, encoding="utf-8")


def check(command):
    finished = subprocess.run([str(part) for part in command], cwd=ROOT, stdout=subprocess.DEVNULL)
    if finished.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}")


# What is told.


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    memory = next((int(line.split()[1]) // 1024**2 for line in open("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{model}, {os.cpu_count()} cores, {memory} GiB, {platform.system()} {platform.release()}"


def versions(tools):
    def first_line(command):
        return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0].strip()

    told = {name: first_line([path, "--version"]) for name, path in tools.items()}
    revision = first_line(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"])
    return [f"- {name}: {version}" + (f", commit {revision}" if name == "ws-lint" else "") for name, version in told.items()]


def sizes(trees):
    for name in ["site-packages", "tested", "crates", "monorepo"]:
        files = [path for path in trees[name].rglob("*") if path.suffix in (".py", ".pyi", ".rs") and path.is_file()]
        mebibytes = sum(path.stat().st_size for path in files) / 1024**2
        yield f"- {name}: {len(files):,} files, {mebibytes:.0f} MiB of Python and Rust"


def report(measured, tools, trees):
    head = "| comparison | ws-lint | its CPU time | its memory | the other | ratio | goal | |\n|---|---|---|---|---|---|---|---|"
    return "\n".join(
        [
            "# Results",
            "",
            "Written by `benches/compare.py`: medians of interleaved runs of whole processes, warm cache, defaults of each tool.",
            "The ratio is ws-lint's wall time over the other's; where it has to grow linearly, over its own on a tenth, or on a half.",
            "",
            f"{datetime.date.today()}, {machine()}",
            "",
            *versions(tools),
            *sizes(trees),
            "",
            head,
            *[comparison.row() for comparison in measured],
            "",
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="WORD", help="the comparisons whose name holds it; printed, not written")
    parser.add_argument("--ws-lint", metavar="PROGRAM", help="this one, not a release build of the tree")
    arguments = parser.parse_args()
    BENCH.mkdir(parents=True, exist_ok=True)
    tools = {"ws-lint": os.path.abspath(arguments.ws_lint) if arguments.ws_lint else ws_lint(), **peers()}
    trees = corpora()
    measured = []
    for comparison in comparisons(tools, trees):
        if arguments.only and arguments.only not in comparison.name:
            continue
        comparison.measure()
        print(comparison.row(), file=sys.stderr)
        measured.append(comparison)
    if arguments.only:
        return
    (ROOT / "benches" / "RESULTS.md").write_text(report(measured, tools, trees), encoding="utf-8")


if __name__ == "__main__":
    main()
