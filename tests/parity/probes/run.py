"""run.py OUT FILE FUNCTION [ARG...]: writes what FILE.FUNCTION(ARG...) returns to OUT, as JSON.

Whatever else it prints is compared as well. All files here run on every Python since 3.9, and must
not import more than they need before the question is answered.
"""

import sys


def main():
    out, file, function, *arguments = sys.argv[1:]
    answer = getattr(__import__(file), function)(*arguments)
    import json

    with open(out, "w", encoding="utf-8", errors="surrogateescape") as stream:
        json.dump(answer, stream, default=repr)


if __name__ == "__main__":
    main()
