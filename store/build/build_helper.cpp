#include "store/build/build_helper.hpp"

#include <string_view>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/process.hpp"

namespace pel {
namespace {

// The names in PASSED_OVER are those of source_tree.cpp, but for version control.
constexpr std::string_view kProgram = R"py(
import base64, csv, hashlib, io, os, posixpath, shutil, sys, tarfile, zipfile

PASSED_OVER = {"__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
WRITTEN_BY_INSTALLERS = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json",
                         "uv_build.json"}

def passed_over(folder, names):
    return [name for name in names if name in PASSED_OVER
            or os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))]

def copy(source, target):
    shutil.copytree(source, target, symlinks=True, ignore=passed_over)

def check(name, start=""):
    path = posixpath.normpath(posixpath.join(start, name))
    if name.startswith("/") or path == ".." or path.startswith("../") or "\\" in name:
        raise ValueError("its member %r lies outside of it" % name)

def unpack_tar(archive, target):
    with tarfile.open(archive) as file:
        members = []
        for member in file.getmembers():
            if member.isdev():
                raise ValueError("its member %r is a device" % member.name)
            check(member.name)
            if member.issym():
                check(member.linkname, posixpath.dirname(member.name))
            elif member.islnk():
                check(member.linkname)
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            members.append(member)
        options = {"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}
        file.chown = lambda *words, **named: None
        file.extractall(target, members, **options)

def unpack_zip(archive, target):
    with zipfile.ZipFile(archive) as file:
        for name in file.namelist():
            check(name)
        file.extractall(target)

def unpack(archive, target):
    os.mkdir(target)
    (unpack_zip if zipfile.is_zipfile(archive) else unpack_tar)(archive, target)
    names = os.listdir(target)
    only = os.path.join(target, names[0]) if len(names) == 1 else ""
    print(only if os.path.isdir(only) else target, end="")

def write_wheel(path, members):
    """Members with fixed times, and a RECORD of them."""
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        def add(name, content, mode):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100000 | mode) << 16
            file.writestr(info, content)
        for name, content, mode in members:
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            rows.writerow([name, "sha256=" + digest.decode(), len(content)])
            add(name, content, mode)
            if name.endswith(".dist-info/METADATA"):
                info = name[:-len("METADATA")]
        rows.writerow([info + "RECORD", "", ""])
        add(info + "RECORD", record.getvalue().encode(), 0o644)
    print(path, end="")

def with_direct_url(wheel, folder, text):
    def members():
        with zipfile.ZipFile(wheel) as file:
            for item in file.infolist():
                head, _, tail = item.filename.rpartition("/")
                own = head.endswith(".dist-info") and "/" not in head
                if item.is_dir() or own and tail in ("RECORD", "direct_url.json"):
                    continue
                program = (item.external_attr >> 16) & 0o100
                yield item.filename, file.read(item), 0o755 if program else 0o644
                if own and tail == "METADATA":
                    yield head + "/direct_url.json", text.encode(), 0o644
    write_wheel(os.path.join(folder, os.path.basename(wheel)), members())

def tag_of(wheel_text):
    tags = [line.split(":", 1)[1].strip().split("-") for line in wheel_text.splitlines()
            if line.lower().startswith("tag:")]
    return "-".join(".".join(sorted(set(part))) for part in zip(*tags))

def pack(tree, folder, text):
    infos = [name for name in os.listdir(tree) if name.endswith(".dist-info")]
    if len(infos) != 1:
        raise ValueError("it has installed %d distributions" % len(infos))
    info = infos[0]
    def members():
        for path, folders, names in os.walk(tree):
            folders[:] = sorted(name for name in folders if name != "__pycache__"
                                and not (path == tree and name == "bin"))
            for name in sorted(names):
                if path == tree and name.startswith("."):
                    continue
                full = os.path.join(path, name)
                where = os.path.relpath(full, tree)
                if os.path.dirname(where) == info and name in WRITTEN_BY_INSTALLERS:
                    continue
                with open(full, "rb") as file:
                    yield where, file.read(), 0o755 if os.access(full, os.X_OK) else 0o644
        if text:
            yield info + "/direct_url.json", text.encode(), 0o644
    with open(os.path.join(tree, info, "WHEEL"), encoding="utf-8") as file:
        tag = tag_of(file.read())
    name = "%s-%s.whl" % (info[:-len(".dist-info")], tag)
    write_wheel(os.path.join(folder, name), members())

try:
    globals()[sys.argv[1]](*sys.argv[2:])
except Exception as error:
    sys.exit(str(error) or type(error).__name__)
)py";

}  // namespace

std::string BuildHelper::run(const std::vector<std::string>& words) const {
  std::vector<std::string> argv{python_, "-I", "-c", std::string(kProgram)};
  argv.insert(argv.end(), words.begin(), words.end());
  ProcessResult result = run_process(argv);
  if (!result.ok()) {
    while (result.err.ends_with('\n')) {
      result.err.pop_back();
    }
    throw Error(ErrorCode::corrupt,
                concat("cannot use ", words.at(1), ": ",
                       result.err.empty() ? concat("status ", std::to_string(result.exit_code))
                                          : result.err));
  }
  return std::move(result.out);
}

std::string BuildHelper::unpack(const std::string& archive, const std::string& target) const {
  return run({"unpack", archive, target});
}

void BuildHelper::copy(const std::string& source, const std::string& target) const {
  static_cast<void>(run({"copy", source, target}));
}

std::string BuildHelper::with_direct_url(const std::string& wheel, const std::string& target,
                                         const std::string& text) const {
  return run({"with_direct_url", wheel, target, text});
}

std::string BuildHelper::pack(const std::string& tree, const std::string& target,
                              const std::string& direct_url) const {
  return run({"pack", tree, target, direct_url});
}

}  // namespace pel
