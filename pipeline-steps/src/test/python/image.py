"""Puts the analyser on the path, without leaving byte code among the resources."""

import importlib.util
import sys
from pathlib import Path

sys.dont_write_bytecode = True
DIRECTORY = Path(__file__).resolve().parents[2] / "main/resources/dev/longshore/blarify/image"
if str(DIRECTORY) not in sys.path:
    sys.path.insert(0, str(DIRECTORY))

NEEDS_BLARIFY = "needs blarify, tree-sitter and jedi, which only the image has for certain"


def has_blarify() -> bool:
    """Whether what requirements.txt lists can be imported here."""
    return all(importlib.util.find_spec(name) for name in ("blarify", "tree_sitter", "tree_sitter_java", "jedi"))
