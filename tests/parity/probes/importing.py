"""importing.py OUT NAME...: imports modules one by one; what each became is a line of OUT.

A line is written before and behind each import, so that whoever started this knows where a process
ended that did not survive.
"""

import json
import sys
import traceback


def describe(name, module):
    spec = getattr(module, "__spec__", None)
    loader = getattr(spec, "loader", None)
    path = getattr(module, "__path__", None)
    names = ("__name__", "__package__", "__file__", "__cached__")
    found = {key: repr(vars(module).get(key, "absent")) for key in names}
    if path is not None:
        found["path"] = [str(item) for item in path]
        found["path_type"] = type(path).__name__
    found["loader"] = type(loader).__name__
    found["module_loader"] = type(vars(module).get("__loader__")).__name__
    found["type"] = type(module).__name__
    if spec is not None:
        found["origin"] = repr(spec.origin)
        found["parent"] = repr(spec.parent)
        found["has_location"] = spec.has_location
        found["in_modules"] = sys.modules.get(name) is module
    files = set()
    for value in list(vars(module).values()):
        code = getattr(value, "__code__", None)
        if hasattr(code, "co_filename") and getattr(value, "__module__", "") == name:
            files.add(code.co_filename)
    found["co_filenames"] = dict.fromkeys(files, True)  # of an order that paths have no part in
    return found


def failure(error):
    lines = traceback.format_exception_only(type(error), error)
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": "".join(lines),
        "frames": [
            # Whether a thread's result was there already when it was asked for is chance.
            f"{frame.filename}:{frame.lineno if 'concurrent/futures' not in frame.filename else ''}"
            for frame in frames
            if "<" not in frame.filename
        ],
    }


def main():
    out, *names = sys.argv[1:]
    import importlib

    sys.argv[1:] = []
    with open(out, "a", encoding="utf-8", errors="backslashreplace") as stream:
        for name in names:
            stream.write(json.dumps([name, None]) + "\n")
            stream.flush()
            try:
                found = describe(name, importlib.import_module(name))
            except BaseException as error:
                found = failure(error)
            found["path_length"] = len(
                [entry for entry in sys.path if "/site-packages" not in entry]
            )
            stream.write(json.dumps([name, found]) + "\n")
            stream.flush()
    sys.stdout.flush()
    sys.stderr.flush()
    import os

    os._exit(0)  # what they have started does not matter


if __name__ == "__main__":
    main()
