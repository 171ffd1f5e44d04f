"""Where and with what something was measured, and how much of the machine a program uses."""

import os
import platform
import sqlite3
import subprocess
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf('SC_CLK_TCK')
PACKAGES = ('pycrdt', 'nicegui', 'uvicorn', 'uvloop')


def here() -> dict[str, str]:
    """The machine, the versions, the commit and the moment: what every figure needs beside it."""
    memory = int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 1024**2
    return {
        'processor': f'{os.cpu_count()} x {_field("/proc/cpuinfo", "model name") or platform.machine()}',
        'memory': f'{memory:.0f} GB',
        'disk': filesystem(Path(tempfile.gettempdir())),
        'load before': f'{os.getloadavg()[0]:.1f}',
        'kernel': f'{platform.system()} {platform.release()}',
        'python': platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        'sqlite': sqlite3.sqlite_version,
        'commit': commit(),
        'date': datetime.now(UTC).strftime('%Y-%m-%d %H:%M UTC'),
    }


def commit() -> str:
    """What is measured; with a plus where the checkout holds changes besides."""
    try:
        name = _git('rev-parse', '--short', 'HEAD')
        changed = _git('status', '--porcelain', '--', '.', ':!benchmarks/results')
    except (OSError, subprocess.CalledProcessError):
        return 'no git here'
    return name + ('+' if changed else '')


def filesystem(folder: Path) -> str:
    """What kind of file system holds the folder; on one in memory, nothing is ever durable."""
    mounts = [line.split()[1:3] for line in Path('/proc/mounts').read_text().splitlines()]
    return max((len(place), kind) for place, kind in mounts if folder.resolve().is_relative_to(place))[1]


def family(pid: int) -> list[int]:
    """The process and all that it started, and these, and so on."""
    children = defaultdict(list)
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            children[int(_stat(int(folder.name))[1])].append(int(folder.name))
        except (OSError, IndexError):  # it has ended meanwhile
            continue
    found = [pid]
    for one in found:
        found += children[one]
    return found


def cpu_seconds(pid: int) -> float:
    """What the process and all that it started have used so far, in the kernel and outside."""
    used = 0
    for one in family(pid):
        try:
            fields = _stat(one)
        except OSError:
            continue
        used += int(fields[11]) + int(fields[12])
    return used / TICKS


def busy_seconds() -> float:
    """What all programs of the machine have used of all its cores so far, and what its host took away."""
    user, nice, system, _, _, irq, softirq, steal, *_ = _field('/proc/stat', 'cpu ', ' ').split()
    return sum(map(int, (user, nice, system, irq, softirq, steal))) / TICKS


def megabytes(pid: int) -> float:
    """What the process and all that it started hold in memory."""
    return sum(int(_field(f'/proc/{one}/status', 'VmRSS').split()[0]) for one in family(pid)) / 1024


def _stat(pid: int) -> list[str]:
    return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()


def _field(file: str, name: str, separator: str = ':') -> str:
    for line in Path(file).read_text().splitlines():
        if line.startswith(name):
            return line.partition(separator)[2].strip()
    return ''


def _git(*arguments: str) -> str:
    done = subprocess.run(['git', *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
