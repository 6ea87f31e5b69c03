"""Measures pyenvlaunch and its peers side by side (bench/README.md)."""
