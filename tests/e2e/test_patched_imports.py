"""Programs that look closely at importlib, put something of their own into it, or interrupt it.

The same program runs inside and in the plain interpreter with the same modules in a directory, and
has to print the same.
"""

import json
import os
import subprocess
import textwrap

import pytest
from support.wheels import Wheel

CHAIN = 200  # modules, each of which imports the next: more than the recursion limit allows

MODULES = {
    "alpha/__init__.py": "",
    "alpha/sub.py": "VALUE = 1\n",
    "beta.py": "VALUE = 2\n",
    "gamma/__init__.py": "",
}

LONG = {
    "chain/__init__.py": "DEPTH = 0\n",
    **{
        f"chain/m{i}.py": f"import chain\nchain.DEPTH = {i}\nimport chain.m{i + 1}\n"
        for i in range(CHAIN)
    },
    f"chain/m{CHAIN}.py": "",
}

PORTIONS = [
    Wheel("ns-one", files={"ns/one.py": "", "ns/deep/a.py": ""}),
    Wheel("ns-two", files={"ns/two.py": "", "ns/deep/b.py": ""}),
]


@pytest.fixture
def both(warm_user, lock_of, each_python, tmp_path):
    """What a program's `answer` is: in the plain interpreter, and inside."""

    def ask(code: str, modules: dict[str, str] = MODULES) -> tuple[object, object]:
        folder = tmp_path / "modules"
        for name, text in modules.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        program = textwrap.dedent(code) + "\nimport json; print(json.dumps(answer))\n"
        plain = subprocess.run(
            [each_python.path, "-B", "-c", program],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert plain.returncode == 0, plain.stderr
        lock = lock_of(Wheel("all", files=modules))
        inside = warm_user(each_python).run(lock, "python", "-B", "-c", program).ok()
        return json.loads(plain.stdout), json.loads(inside)

    return ask


def test_a_chain_of_imports_can_be_as_long(both):
    plain, inside = both(
        """
        import chain
        try:
            import chain.m0
        except RecursionError:
            pass
        answer = chain.DEPTH
        """,
        LONG,
    )
    assert plain < CHAIN - 1
    assert inside == plain


NAMES = ["alpha\0x", "alpha.sub\0y", "beta\0", "beta\0.py", "json\0x", "json.decoder\0", "alpha."]
NAMES += ["alpha.\udce9", "beta\udce9", "alpha.\ud800", "\ud800", "json.\udce9", "alpha.\u00e9"]


def test_names_that_no_file_can_have_are_not_found(both):
    plain, inside = both(
        f"""
        import importlib
        answer = []
        for name in {NAMES!r}:
            try:
                answer.append(importlib.import_module(name).__name__)
            except ImportError as error:
                answer.append([type(error).__name__, str(error)])
        """
    )
    assert inside == plain


# Loaders and specs before a module is executed and afterwards, of stored and of standard modules.
OBJECTS = """
import importlib.util, alpha.sub, beta, json.tool
from importlib.machinery import SourceFileLoader
find = importlib.util.find_spec
objects = [alpha.__spec__, alpha.sub.__spec__, beta.__spec__, json.tool.__spec__,
           find("wave"), find("gamma")]
objects += [each.loader for each in objects]
"""


def test_loaders_and_specs_can_be_pickled_and_copied(both):
    plain, inside = both(
        OBJECTS
        + """
import copy, pickle
ways = [lambda it, level=level: pickle.loads(pickle.dumps(it, level)) for level in range(5)]
ways += [lambda it: pickle.loads(pickle._dumps(it)), copy.copy, copy.deepcopy]
shutil = find("shutil")
answer = [[way(it) == it, it == way(it), way(it).__class__ is it.__class__, sorted(vars(way(it)))]
          for it in objects for way in ways]
answer += [sorted(vars(way(shutil.loader))) for way in ways]
"""
    )
    assert inside == plain


def test_loaders_are_equal_to_those_that_a_program_makes(both):
    plain, inside = both(
        OBJECTS
        + """
answer = []
for loader in objects[6:]:
    made = SourceFileLoader(loader.name, loader.path)
    answer.append([loader == made, made == loader, hash(loader) == hash(made),
                   loader.__class__ is SourceFileLoader, isinstance(loader, SourceFileLoader),
                   dir(loader) == dir(made)])
for spec in objects[:6]:
    made = importlib.util.spec_from_file_location(
        spec.name, spec.origin, submodule_search_locations=spec.submodule_search_locations)
    answer.append([made == spec, spec == made])
class Mine(SourceFileLoader):
    pass
loader = alpha.__loader__
loader.__class__ = Mine
answer.append(type(loader) is Mine and loader.__class__ is Mine)
"""
    )
    assert inside == plain


@pytest.mark.parametrize("place", ["type", "object", "subtype"])
@pytest.mark.parametrize("method", ["exec_module", "get_code", "get_data", "source_to_code"])
def test_replaced_methods_of_loaders_are_called(both, place, method):
    plain, inside = both(
        f"""
        import importlib.util, sys
        from importlib.machinery import SourceFileLoader
        called = []

        def replace(holder, base, place):
            original = getattr(base, {method!r})
            def replaced(self, *args, **keywords):
                called.append((place, self.name))
                return original(self, *args, **keywords)
            setattr(holder, {method!r},
                    replaced.__get__(holder) if place == "object" else replaced)

        def load(name):
            spec = importlib.util.find_spec(name)
            if {place!r} == "object":
                replace(spec.loader, SourceFileLoader, "object")
            elif {place!r} == "subtype":
                class Derived(type(spec.loader)):
                    pass
                replace(Derived, type(spec.loader), "subtype")
                spec.loader = Derived(spec.loader.name, spec.loader.path)
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)

        if {place!r} == "type":
            replace(SourceFileLoader, SourceFileLoader, "type")
        for name in ("alpha", "alpha.sub", "beta", "gamma"):
            load(name)
        assert sys.modules["beta"].VALUE == 2
        answer = sorted(set(called))
        """
    )
    assert len(plain) == 4
    assert inside == plain


def test_no_bytecode_is_left_in_the_store_by_replaced_methods(new_user, lock_of, each_python):
    pel = new_user(each_python)
    code = """
    from importlib.machinery import SourceFileLoader
    original = SourceFileLoader.get_code
    SourceFileLoader.get_code = lambda self, name: original(self, name)
    import alpha.sub, beta
    """
    pel.code(lock_of(Wheel("all", files=MODULES)), textwrap.dedent(code))
    assert list(pel.store.rglob("__pycache__")) == []


def test_a_loader_made_for_a_file_of_ones_own_keeps_bytecode(both, tmp_path):
    file = tmp_path / "own.py"
    file.write_text("VALUE = 3\n")
    plain, inside = both(
        f"""
        import beta, os, shutil, sys
        sys.dont_write_bytecode = False
        loader = type(beta.__loader__)("own", {str(file)!r})
        loader.get_code("own")
        kept = os.path.dirname({str(file)!r}) + "/__pycache__"
        answer = os.listdir(kept)
        for name in answer:
            os.remove(os.path.join(kept, name))
        """
    )
    assert plain != []
    assert inside == plain


def test_replaced_exec_is_called(both):
    plain, inside = both(
        """
        import builtins
        original, called = builtins.exec, []
        def replaced(*args):
            called.append(args[1]["__name__"])
            return original(*args)
        builtins.exec = replaced
        import alpha.sub, beta
        builtins.exec = original
        answer = called
        """
    )
    assert plain == ["alpha", "alpha.sub", "beta"]
    assert inside == plain


def test_modules_are_executed_by_the_same_frames(both):
    plain, inside = both(
        """
        import os, sys, tempfile
        sys.path.insert(0, tempfile.mkdtemp())
        with open(os.path.join(sys.path[0], "looks.py"), "w") as file:
            file.write(
                "import sys\\nframes = []\\nframe = sys._getframe(1)\\n"
                "while frame is not None:\\n"
                "    code = frame.f_code\\n"
                "    frames.append([code.co_filename, code.co_name, frame.f_lineno])\\n"
                "    frame = frame.f_back\\n")
        import looks
        answer = looks.frames
        """
    )
    assert inside == plain


def test_auditors_hear_of_stored_modules(both):
    plain, inside = both(
        """
        import sys
        events = []
        def hear(event, args):
            if event in ("import", "exec", "marshal.loads"):
                events.append([event, getattr(args[0], "co_name", None) or len(args)])
            elif event == "open" and any(name in str(args[0]) for name in ("alpha", "beta")):
                events.append([event, *args[1:]])
        sys.addaudithook(hear)
        import alpha, beta
        answer = [event for event in events if event[0] in ("import", "exec")]
        answer.append(any(event[0] == "open" for event in events))
        """
    )
    assert plain[-1] is True
    assert inside == plain


@pytest.mark.parametrize("name", ["alpha", "wave"])
def test_an_auditor_can_interrupt_an_import(both, name):
    plain, inside = both(
        f"""
        import sys
        raised = []
        def interrupt(event, args):
            if event == "open" and {name!r} in str(args[0]) and not raised:
                raised.append(1)
                raise KeyboardInterrupt
        sys.addaudithook(interrupt)
        try:
            import {name}
            answer = "imported"
        except KeyboardInterrupt:
            answer = "interrupted"
        """
    )
    assert plain == "interrupted"
    assert inside == plain


def test_looking_for_installed_metadata_can_be_interrupted(new_user, lock_of, each_python):
    """Of a real distribution beside the stored ones, whose name has to be read."""
    pel = new_user(each_python)
    lock = lock_of(Wheel("all", files=MODULES))
    code = """
    import importlib.metadata, pathlib, site
    real = pathlib.Path(site.getsitepackages()[0], "real-1.0.dist-info")
    real.mkdir()
    for name in ("METADATA", "RECORD"):
        (real / name).write_text("Metadata-Version: 2.1\\nName: real\\nVersion: 1.0\\n")
    def interrupt(self, name):
        raise KeyboardInterrupt
    importlib.metadata.PathDistribution.read_text = interrupt
    try:
        print(len(list(importlib.metadata.distributions())))
    except KeyboardInterrupt:
        print("interrupted")
    """
    assert pel.code(lock, textwrap.dedent(code)) == "interrupted\n"


PATHS = {
    "sys.path is changed": "sys.path[:] = kept",
    "sys.path is another": "sys.path = kept",
}


@pytest.mark.parametrize("change", PATHS.values(), ids=PATHS)
def test_namespace_packages_need_site_packages_only(new_user, lock_of, each_python, change):
    """On a search path that a program has put together of what it knows."""
    pel = new_user(each_python)
    code = f"""
    import site, sys
    sites = site.getsitepackages()
    kept = [entry for entry in sys.path if "/python3/site-packages" not in entry]
    assert sites[0] in kept and len(kept) < len(sys.path)
    {change}
    import ns.one, ns.two, ns.deep.a, ns.deep.b
    print(len(ns.__path__), len(set(ns.__path__)))
    """
    assert pel.code(lock_of(*PORTIONS), textwrap.dedent(code)) == "2 2\n"


def test_portions_are_found_once_on_each_search_path(new_user, lock_of, each_python):
    pel = new_user(each_python)
    code = """
    import site, sys
    from importlib.machinery import PathFinder
    sites = site.getsitepackages()
    first = next(entry for entry in sys.path if "/python3/site-packages" in entry)
    for path in (None, list(sys.path), sites, [*sites, first]):
        spec = PathFinder.find_spec("ns", path)
        found = list(spec.submodule_search_locations)
        print(len(found), len(set(found)))
    """
    assert pel.code(lock_of(*PORTIONS), textwrap.dedent(code)) == "2 2\n" * 4


def test_a_finder_between_ours_and_importlibs_is_asked(both):
    plain, inside = both(
        """
        import sys
        from importlib.machinery import PathFinder
        asked = []
        class Finder:
            @staticmethod
            def find_spec(name, path=None, target=None):
                asked.append(name)
        sys.meta_path.insert(sys.meta_path.index(PathFinder), Finder)
        sys.modules.pop("shutil", None)
        import shutil, alpha, beta
        answer = [name for name in asked if name in ("shutil", "alpha", "beta")]
        """
    )
    assert inside == plain


@pytest.mark.parametrize("way", ["import", "lazy", "thread"])
def test_a_profile_function_hears_of_imports(both, way):
    plain, inside = both(
        f"""
        import importlib.util, sys, threading
        heard = []

        def hear(frame, event, arg):
            if event == "call" and frame.f_code.co_name == "<module>":
                heard.append(frame.f_globals["__name__"])

        def load(name):
            if {way!r} != "lazy":
                return __import__(name)
            spec = importlib.util.find_spec(name)
            spec.loader = importlib.util.LazyLoader(spec.loader)
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
            return module.__doc__

        def work():
            sys.setprofile(hear)
            for name in ("wave", "alpha", "alpha.sub", "beta", "colorsys", "gamma"):
                load(name)
            sys.setprofile(None)

        if {way!r} == "thread":
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        else:
            work()
        wanted = {{"wave", "alpha", "alpha.sub", "beta", "colorsys", "gamma"}}
        answer = [name for name in heard if name in wanted]
        """
    )
    assert plain == ["wave", "alpha", "alpha.sub", "beta", "colorsys", "gamma"]
    assert inside == plain


# What a hook among sys.path_hooks may do with a directory.
HOOKS = {
    "finder": "return FileFinder(path, (Loader, ['.py']))",
    "refusal": "raise ImportError",
    "none": "return None if path.endswith('alpha') else FileFinder(path, (Loader, ['.py']))",
    "error": "raise ValueError('hook')",
    "importing": "return imports(path)",
    "asking": "return ask_others(path)",
}


@pytest.mark.parametrize("place", ["0", "1", "len(hooks) - 1", "len(hooks)"])
@pytest.mark.parametrize("hook", HOOKS)
def test_path_hooks_are_asked_in_their_order(both, hook, place):
    plain, inside = both(
        f"""
        import importlib, os, sys
        from importlib.machinery import FileFinder, SourceFileLoader

        class Loader(SourceFileLoader):
            pass

        def imports(path, running=[]):
            if not running:
                running.append(path)
                import wave
                running.clear()
            return FileFinder(path, (Loader, [".py"]))

        def ask_others(path):
            for other in hooks:
                if other is not hook:
                    try:
                        return other(path)
                    except ImportError:
                        pass
            raise ImportError

        def hook(path):
            if not os.path.isdir(path):
                raise ImportError
            {HOOKS[hook]}

        hooks = sys.path_hooks
        hooks.insert({place}, hook)
        sys.path_importer_cache.clear()
        answer = []
        for name in ("alpha", "alpha.sub", "beta", "colorsys", "gamma"):
            try:
                module = importlib.import_module(name)
                answer.append([name, module.__loader__.__class__.__name__])
            except Exception as error:
                answer.append([name, type(error).__name__, str(error)])
        hooks.remove(hook)
        sys.path_importer_cache.clear()
        """
    )
    assert len(plain) == 5
    assert inside == plain


@pytest.mark.parametrize("finder", ["FileFinder", "PathFinder"])
def test_replaced_methods_of_finders_are_called(both, finder):
    """As programs do that forbid modules, or follow what is imported."""
    plain, inside = both(
        f"""
        import importlib, importlib.machinery as machinery, sys
        finder = machinery.{finder}
        original = finder.find_spec
        answer, heard = [], []

        def find_spec(*arguments):
            name = next(each for each in arguments if isinstance(each, str))
            heard.append(name)
            if name in ("alpha.sub", "beta", "wave", "name_space.forbidden", "other_space"):
                return None
            return original(*arguments)

        finder.find_spec = find_spec if finder is machinery.FileFinder else staticmethod(find_spec)
        names = ["alpha", "alpha.sub", "beta", "gamma", "colorsys", "wave", "name_space.one",
                 "name_space.forbidden", "other_space.one", "gamma"]
        for name in names:
            try:
                module = importlib.import_module(name)
                kind = type(module.__loader__).__name__
                answer.append([name, module.__name__, kind, name in heard])
            except ImportError as error:
                answer.append([name, str(error), name in heard])
        importlib.reload(sys.modules["gamma"])
        finder.find_spec = original
        for name in names:
            try:
                answer.append(importlib.import_module(name).__name__)
            except ImportError as error:
                answer.append(str(error))
        """,
        MODULES
        | {
            "name_space/one.py": "",
            "name_space/forbidden.py": "",
            "other_space/one.py": "",
        },
    )
    assert len(plain) == 20
    assert inside == plain


# A program may have modules in a language of its own: hooks for that are a suffix among the
# source's, and a function that translates.
TRANSLATED = {
    "alpha/__init__.py": "",
    "alpha/plain.py": "VALUE = 'plain'\n",
    "alpha/other.up": "value = 'other'\n",
    "alpha/both.py": "VALUE = 'source'\n",
    "alpha/both.up": "value = 'translated'\n",
    "whole/__init__.up": "value = 'package'\n",
    "whole/part.up": "value = 'part'\n",
    "single.up": "value = 'single'\n",
}


@pytest.mark.parametrize("place", ["0", "1"])
@pytest.mark.parametrize("translates", [True, False])
def test_suffixes_that_a_program_adds(both, translates, place):
    plain, inside = both(
        f"""
        import importlib, importlib.machinery as machinery, pkgutil, sys
        import alpha.plain
        answer = []
        original = machinery.SourceFileLoader.source_to_code

        def translate(self, data, path, **options):
            if str(path).endswith(".up"):
                data = data.replace(b"value", b"VALUE")
            return original(self, data, path, **options)

        def ask():
            importlib.invalidate_caches()
            for name in ("alpha.plain", "alpha.other", "alpha.both", "whole.part", "whole", "single"):
                sys.modules.pop(name, None)
                sys.modules.pop("whole", None)
                try:
                    module = importlib.import_module(name)
                    value = getattr(module, "VALUE", None)
                    answer.append([name, value, module.__file__ and module.__file__[-9:],
                                   (module.__spec__.cached or "").rpartition("/")[2]])
                except ImportError as error:
                    answer.append([name, str(error)])
            answer.append(sorted(each.name for each in pkgutil.iter_modules(alpha.__path__)))

        machinery.SOURCE_SUFFIXES.insert({place}, ".up")
        if {translates}:
            machinery.SourceFileLoader.source_to_code = translate
        sys.path_importer_cache.clear()
        ask()
        machinery.SOURCE_SUFFIXES.remove(".up")
        sys.path_importer_cache.clear()
        ask()
        """,
        TRANSLATED,
    )
    assert [each[0] for each in plain] == [each[0] for each in inside]
    assert inside == plain


def test_find_spec_of_entries_of_meta_path_can_be_wrapped(both):
    """Instances and classes alike, as libraries do that run hooks behind imports."""
    plain, inside = both(
        """
import sys
answer = []
def wrap(finder):
    original = finder.find_spec
    def find_spec(fullname, path=None, target=None):
        spec = original(fullname, path, target=target)
        if spec is not None and fullname in ("alpha", "beta", "wave"):
            answer.append(fullname)
        return spec
    finder.find_spec = find_spec
    finder.is_wrapped = True
for finder in sys.meta_path:
    wrap(finder)
import alpha, beta, wave
answer.append([finder.is_wrapped for finder in sys.meta_path][-2:])
answer.append([hasattr(finder, "__dict__") for finder in sys.meta_path][-2:])
"""
    )
    assert plain[:3] == ["alpha", "beta", "wave"]
    assert inside == plain


def test_find_spec_of_finders_in_the_importer_cache_can_be_wrapped(both):
    plain, inside = both(
        """
import os, sys
import alpha.sub
del sys.modules["alpha.sub"]
answer = []
places = (*alpha.__path__, os.path.dirname(alpha.__path__[0]))
asked = set()
def wrap(finder):
    original = finder.find_spec
    def find_spec(fullname, target=None):
        spec = original(fullname, target)
        if spec is not None:
            asked.add(fullname)
        return spec
    finder.find_spec = find_spec
for path, finder in list(sys.path_importer_cache.items()):
    if finder is not None and (path in places or path.endswith("site-packages")):
        wrap(finder)
        answer.append(vars(finder)["find_spec"] is finder.find_spec)
import beta, alpha.sub
answer = [all(answer), sorted(asked)]
for path, finder in list(sys.path_importer_cache.items()):
    if finder is not None and "find_spec" in vars(finder):
        del finder.find_spec
import gamma
answer.append(sorted(asked))
"""
    )
    assert plain == [True, ["alpha.sub", "beta"], ["alpha.sub", "beta"]]
    assert inside == plain
