"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def file_system(path: Path) -> str:
    """Of the mount that holds `path`."""
    best, kind = "", "unknown"
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, name, *_ = line.split()
        if str(path).startswith(place.rstrip("/") + "/") and len(place) >= len(best):
            best, kind = place, name
    return kind


def describe(work: Path) -> dict[str, str]:
    return {
        "processor": f"{processor()}, {os.cpu_count()} in use",
        "memory": f"{memory_gib():.0f} GiB",
        "kernel": platform.release(),
        "file system": file_system(work),
        "load before": " ".join(f"{value:.2f}" for value in os.getloadavg()),
    }


class PageCache:
    """Forgets what the kernel has read, where that is allowed."""

    SWITCH = Path("/proc/sys/vm/drop_caches")

    @classmethod
    def can_drop(cls) -> bool:
        return os.access(cls.SWITCH, os.W_OK)

    @classmethod
    def drop(cls) -> None:
        os.sync()
        cls.SWITCH.write_text("3\n")
