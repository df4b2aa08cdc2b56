"""What a measurement was made of and on: commit, machine, data."""

import os
import platform
import subprocess
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LIBRARIES = ("torch", "stanza", "onnxruntime", "tokenizers", "numpy")
_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "RAYON")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in _THREADS} | {"TOKENIZERS_PARALLELISM": "false"}


def commit() -> dict[str, Any]:
    """Return the commit, and whether the code measured is that commit's ("unknown" without git)."""
    name = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--", "quotes", "api", "tracker")
    return {"commit": name or "unknown", "clean": bool(name) and not changed}


def _git(*arguments: str) -> str:
    try:
        command = ["git", "-C", str(ROOT), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def machine() -> dict[str, Any]:
    """Return processor, cores, system, Python and the libraries that do the work."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
    }


def processor() -> str:
    """Return the processor's name, and whether it has AVX512 and its 8-bit products."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    about = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)
    }
    flags = about.get("flags", "").split()
    kinds = [kind for kind in ("avx2", "avx512f", "avx512_vnni", "avx_vnni") if kind in flags]
    return f"{about.get('model name') or platform.machine()} ({', '.join(kinds) or 'no AVX2'})"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def weights_mb(models: Path) -> float:
    """Return the size of all shipped weights together, in megabytes (10⁶ bytes)."""
    files = (path for path in models.rglob("*") if path.is_file() and path.suffix != ".md")
    return round(sum(path.stat().st_size for path in files) / 1e6, 1)
