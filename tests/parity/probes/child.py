"""child.py: prints what a process sees of its environment, as JSON; the target of many commands."""

import sys

if __name__ == "__main__":
    import json
    import os

    print(
        json.dumps(
            {
                "path": sys.path,
                "argv": sys.argv,
                "flags": repr(sys.flags),
                "warnoptions": sys.warnoptions,
                "xoptions": {key: str(value) for key, value in sys._xoptions.items()},
                "executable": sys.executable,
                "prefix": [sys.prefix, sys.base_prefix],
                "meta_path": [
                    getattr(f, "__name__", "type " + type(f).__name__) for f in sys.meta_path
                ],
                "orig_argv": getattr(sys, "orig_argv", []),
                "name": __name__,
                "file": globals().get("__file__"),
                "spec": repr(__spec__),
                "loader": type(globals().get("__loader__")).__name__,
                "dont_write": sys.dont_write_bytecode,
                "cache": sys.pycache_prefix,
                "debug": __debug__,
                "utf8": sys.stdout.encoding,
                "user": [sys.flags.no_user_site, "site" in sys.modules],
                "cwd": os.getcwd(),
                "environ": sorted(name for name in os.environ),
            }
        )
    )
