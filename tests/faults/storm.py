"""All attackers in a process of their own, so that what they compute keeps nobody waiting but themselves.

    python -m tests.faults.storm http://127.0.0.1:8080 document seed mutations

Prints what became of the mutations, as JSON.
"""

import asyncio
import json
import os
import sys
from collections import Counter

from tests.faults.attackers import Attacker, MadPage, Program
from tests.support.running import ROOT


async def storm(url: str, document: str, seed: str, count: int) -> Counter[str]:
    """Make so many mutations, a multiple of five; what became of them."""
    arguments = (url, document, seed, str(count))
    process = await asyncio.create_subprocess_exec(
        sys.executable, '-m', __name__, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    return Counter(json.loads(said))


async def attack(url: str, document: str, seed: str, count: int) -> Counter[str]:
    """The same, by five attackers at once in this process."""
    attackers: list[Attacker] = [
        *(Program(url, document, f'{seed} {number}', count // 5) for number in range(2)),
        Program(url, document, f'{seed} stranger', count // 5, stranger=True),
        *(MadPage(url, document, f'{seed} page {number}', count // 5) for number in range(2)),
    ]
    async with asyncio.TaskGroup() as group:
        for attacker in attackers:
            group.create_task(attacker.run())
    return sum((attacker.outcomes for attacker in attackers), Counter[str]())


if __name__ == '__main__':
    os.nice(10)  # attackers have machines of their own: they must not take the server's processor here
    print(json.dumps(asyncio.run(attack(*sys.argv[1:4], int(sys.argv[4])))))
