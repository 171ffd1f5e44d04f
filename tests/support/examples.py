"""The examples of the README, as they stand there."""

import re

from tests.support.source import ROOT


def example(language: str, mark: str, address: str) -> str:
    """The one example in this language that has this word, made to connect to a server at `address`."""
    readme = (ROOT / 'README.md').read_text('utf-8')
    section = readme.split('\n## Other editors join in\n')[1].split('\n## ')[0]
    found = [code for code in re.findall(rf'```{language}\n(.*?)```', section, re.DOTALL) if mark in code]
    assert len(found) == 1, f'{len(found)} examples in {language} have {mark}'
    code = str(found[0])
    assert '127.0.0.1:8080' in code
    return code.replace('127.0.0.1:8080', address)
