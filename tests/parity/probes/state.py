"""What the interpreter says of itself."""

import sys

MODULES_AT_START = sorted(sys.modules)


def named(item):
    """A finder or hook: by its name, or by its type's."""
    name = getattr(item, "__name__", None)
    return name if name else "type " + type(item).__name__


def path():
    return {"path": sys.path}


def modules_at_start():
    return {"modules": MODULES_AT_START}


def flags():
    return {
        "flags": {name: getattr(sys.flags, name) for name in dir(sys.flags) if name[0] != "_"},
        "warnoptions": sys.warnoptions,
        "xoptions": sys._xoptions,
        "dont_write_bytecode": sys.dont_write_bytecode,
        "pycache_prefix": sys.pycache_prefix,
    }


def prefixes():
    names = (
        *("prefix", "exec_prefix", "base_prefix", "base_exec_prefix", "executable", "platlibdir"),
        *("_base_executable", "orig_argv", "version", "abiflags", "api_version", "hexversion"),
        *("implementation", "_framework", "_git", "copyright", "platform", "float_repr_style"),
        *("_stdlib_dir", "_home", "byteorder", "maxsize", "thread_info", "builtin_module_names"),
        "stdlib_module_names",
    )
    found = {name: repr(getattr(sys, name, None)) for name in names}
    found["argv0"] = sys.argv[0]
    # The interpreter behind the environment has several names in its folder.
    import os

    found["_base_executable"] = os.path.realpath(getattr(sys, "_base_executable", ""))
    found["is_venv"] = sys.prefix != sys.base_prefix
    return found


def site_module():
    import site

    spec = site.__spec__
    return {
        "members": sorted(vars(site)),
        "file": site.__file__,
        "name": site.__name__,
        "spec": [spec.name, spec.origin, type(spec.loader).__name__, named(spec.loader)],
        "site_packages": site.getsitepackages(),
        "user": [site.USER_BASE, site.USER_SITE, site.ENABLE_USER_SITE],
        "prefixes": site.PREFIXES,
        "builtins": [
            name for name in ("quit", "exit", "copyright", "help") if name in dir(__builtins__)
        ],
        "same": sys.modules["site"] is site,
        "hooks": [repr(getattr(sys, "__interactivehook__", None))],
    }


def site_again():
    import importlib
    import site

    importlib.reload(site)
    first = list(sys.path)
    site.main()
    return {"reloaded_path": first, "main_path": sys.path}


def site_directory_added():
    """addsitedir() on site-packages itself, and on a package's directory."""
    import site
    import sysconfig

    known = site.addsitedir(sysconfig.get_path("purelib"))
    return {"path": sys.path, "known": known is None}


def sysconfig_paths():
    import sysconfig

    found = {"default": sysconfig.get_paths(), "platform": sysconfig.get_platform()}
    for scheme in sysconfig.get_scheme_names():
        found[scheme] = sysconfig.get_paths(scheme)
    return found


def sysconfig_variables():
    import sysconfig

    return {"variables": {name: repr(value) for name, value in sysconfig.get_config_vars().items()}}


def finders():
    return {
        "meta_path": [named(finder) for finder in sys.meta_path],
        "path_hooks": [named(hook) for hook in sys.path_hooks],
    }


def import_state():
    import threading

    return {
        "dlopenflags": sys.getdlopenflags(),
        "recursion": sys.getrecursionlimit(),
        "switch": sys.getswitchinterval(),
        "threads": threading.active_count(),
        "trace": [repr(sys.gettrace()), repr(sys.getprofile())],
        "hooks": [repr(sys.excepthook), repr(sys.displayhook), repr(sys.unraisablehook)],
    }


def main_module():
    main = sys.modules["__main__"]
    names = ("__name__", "__file__", "__spec__", "__package__", "__cached__", "__doc__")
    found = {name: repr(getattr(main, name, "absent")) for name in names}
    found["loader"] = type(main.__loader__).__name__
    return found


def memory_management():
    import gc

    return {
        "threshold": gc.get_threshold(),
        "enabled": gc.isenabled(),
        "debug": gc.get_debug(),
        "frozen": gc.get_freeze_count(),
        "garbage": len(gc.garbage),
        "callbacks": len(gc.callbacks),
    }


def process():
    """What the process has got from whoever started it."""
    import os
    import resource
    import signal

    limits = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    return {
        "environ": sorted(os.environ.items()),
        "cwd": os.getcwd(),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "signals": {
            str(number): repr(signal.getsignal(number)) for number in sorted(signal.valid_signals())
        },
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in limits},
        "ids": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "affinity": sorted(os.sched_getaffinity(0)),
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "name": open("/proc/self/comm").read(),
    }


def streams():
    import locale

    found = {}
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        found[name] = [
            stream.encoding,
            stream.errors,
            stream.name,
            stream.mode,
            stream.line_buffering,
        ]
    found["encodings"] = [
        sys.getdefaultencoding(),
        sys.getfilesystemencoding(),
        sys.getfilesystemencodeerrors(),
        locale.getpreferredencoding(False),
        locale.setlocale(locale.LC_CTYPE),
    ]
    return found


def executables():
    """What lies beside sys.executable, and whether it can be run."""
    import os

    folder = os.path.dirname(sys.executable)
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, "rb") as stream:
            start = stream.read(2)
        kind = "script" if start == b"#!" else "program" if start == b"\x7fE" else "other"
        found[name] = [os.access(path, os.X_OK), kind]
    return found


def configuration():
    """pyvenv.cfg, which tools read to find the interpreter behind an environment."""
    import os

    with open(os.path.join(sys.prefix, "pyvenv.cfg"), encoding="utf-8") as stream:
        lines = [line.partition("=") for line in stream if "=" in line]
    found = {key.strip(): value.strip() for key, _, value in lines}
    return {key: found.get(key) for key in ("home", "include-system-site-packages", "version")}


def prefix_data():
    """Files of wheels below the prefix, outside of site-packages and bin."""
    import hashlib
    import os

    found = {}
    # Notes of those who made the environment.
    skipped = {
        "bin",
        "lib64",
        "pyvenv.cfg",
        "requirements.txt",
    }
    skipped |= {".lock", ".gitignore"}
    for folder, folders, files in os.walk(sys.prefix):
        if folder == sys.prefix:
            folders[:] = [name for name in folders if name not in skipped]
        folders[:] = [name for name in folders if name not in ("site-packages", "__pycache__")]
        for name in files:
            path = os.path.join(folder, name)
            if name not in skipped and not name.startswith("pyenvlaunch."):
                with open(path, "rb") as stream:
                    digest = hashlib.sha256(stream.read()).hexdigest()[:12]
                found[os.path.relpath(path, sys.prefix)] = [digest, os.access(path, os.X_OK)]
    return found
