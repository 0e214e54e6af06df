# What manifest files can call: https://docs.micropython.org/en/latest/reference/manifest.html
#
# `berus freeze` runs this, and the manifests, in an interpreter that can do nothing but what the module `files` offers: look up names
# in folders, and read manifests.

import files


class ManifestError(Exception):
    pass


class Unreadable(ManifestError):
    # A file or folder is not there, or the system refuses it.
    pass


class Options:
    # What an `include` or `require` passes on to the manifest that it leads to.

    def __init__(self, given):
        self._given = given
        self._defaults = {}

    def defaults(self, **defaults):
        self._defaults = defaults

    def __getattr__(self, name):
        return self._given.get(name, self._defaults.get(name))


class Metadata:
    def __init__(self):
        self.is_set = False
        self.description = self.version = self.license = self.author = None

    def set(self, description=None, version=None, license=None, author=None, stdlib=False, pypi=None, pypi_publish=None):
        if self.is_set:
            raise ManifestError("metadata() is called twice")
        self.is_set = True
        self.description, self.version, self.license, self.author = description, version, license, author


# Folders of micropython-lib with packages for all.
LIBRARIES = ("micropython", "python-stdlib", "python-ecosys")


class Manifests:
    def __init__(self, variables):
        self.variables = variables
        # (path, path in the image, kind, optimisation or None, version or None)
        self.found = []
        self.visited = set()
        self.folder = "."
        self.metadata_of = [Metadata()]
        self.libraries = {}
        self.library_folders = []
        if "MPY_LIB_DIR" in variables:
            for name in LIBRARIES:
                self.add_library(name, "$(MPY_LIB_DIR)/" + name)

    def resolve(self, path):
        for name, value in self.variables.items():
            path = path.replace("$(" + name + ")", value)
        if "$(" in path:
            name = path[path.index("$(") + 2 :].split(")")[0]
            raise ManifestError(
                "no value is given for $({0}) in '{1}'; give one by --var {0}=VALUE".format(name, path)
            )
        return files.join(self.folder, path)

    def run(self, path, options):
        names = {
            "add_library": self.add_library,
            "c_module": self.c_module,
            "freeze": self.freeze,
            "freeze_as_mpy": self.freeze_as_mpy,
            "freeze_as_str": self.freeze_as_str,
            "freeze_mpy": self.freeze_mpy,
            "include": self.include,
            "metadata": self.metadata,
            "module": self.module,
            "options": Options(options),
            "package": self.package,
            "require": self.require,
        }
        outer, self.folder = self.folder, files.parent(path)
        try:
            exec(compile(readable(files.read, path), path, "exec"), names)
        finally:
            self.folder = outer

    def include(self, manifest_path, **options):
        if not isinstance(manifest_path, str):
            for path in manifest_path:
                self.include(path, **options)
            return
        path = self.resolve(manifest_path)
        if files.is_folder(path):
            path = files.join(path, "manifest.py")
        if path not in self.visited:
            self.visited.add(path)
            self.run(path, options)

    def metadata(self, **values):
        if values:
            self.metadata_of[-1].set(**values)
        return self.metadata_of[-1]

    def add_library(self, library, library_path, prepend=False):
        path = self.resolve(library_path)
        self.libraries[library] = path
        self.library_folders.insert(0 if prepend else len(self.library_folders), path)

    def require(self, name, version=None, pypi=None, library=None, **options):
        if library is None:
            folders = self.library_folders
        elif library in self.libraries:
            folders = [self.libraries[library]]
        else:
            raise ManifestError("no library '{}' for package '{}'".format(library, name))
        for folder in folders:
            path = files.find_manifest(folder, name)
            if path:
                self.metadata_of.append(Metadata())
                self.include(path, **options)
                self.metadata_of.pop()
                return
        if folders:
            raise ManifestError("no package '{}' in {}".format(name, ", ".join(folders)))
        raise ManifestError(
            "no library to look for package '{}' in; give the folder of one by --library, or that of micropython-lib by "
            "--var MPY_LIB_DIR=FOLDER".format(name)
        )

    def add(self, base, path, kind, opt):
        if not path.endswith((".py", ".mpy")):
            raise ManifestError("'{}' is no Python file".format(path))
        if not files.exists(files.join(base, path)):
            raise Unreadable(files.join(base, path) + ": No such file or directory")
        if kind is None:
            kind = "compile" if path.endswith(".py") else "as it is"
        self.found.append((files.join(base, path), path, kind, opt, self.metadata_of[-1].version))

    def search(self, base, folder, names, ends, kind, opt):
        base = self.resolve(base)
        if names is None:
            names = readable(files.list, files.join(base, folder))
            names = [name for name in names if name.endswith(ends)]
        for name in names:
            self.add(base, folder + "/" + name if folder else name, kind, opt)

    def package(self, package_path, files=None, base_path=".", opt=None):
        self.search(base_path, package_path, files, (".py",), None, opt)

    def module(self, module_path, base_path=".", opt=None):
        if not module_path.endswith(".py"):
            raise ManifestError("module '{}' is no .py file".format(module_path))
        self.add(self.resolve(base_path), module_path, None, opt)

    def c_module(self, module_path):
        # For who builds MicroPython itself.
        pass

    def freeze_scripts(self, path, script, ends, kind, opt):
        if script is None:
            self.search(path, "", None, ends, kind, opt)
        elif not isinstance(script, str):
            self.search(path, "", script, ends, kind, opt)
        elif files.is_folder(files.join(self.resolve(path), script)):
            self.search(path, script, None, ends, kind, opt)
        else:
            self.search(path, "", (script,), ends, kind, opt)

    def freeze(self, path, script=None, opt=None):
        self.freeze_scripts(path, script, (".py", ".mpy"), None, opt)

    def freeze_as_mpy(self, path, script=None, opt=None):
        self.freeze_scripts(path, script, (".py",), "compile", opt)

    def freeze_mpy(self, path, script=None, opt=None):
        self.freeze_scripts(path, script, (".mpy",), "as it is", opt)

    def freeze_as_str(self, path):
        self.search(path, "", None, (".py",), "as it is", None)


def readable(function, path):
    try:
        return function(path)
    except ValueError as error:
        raise Unreadable(error.args[0])


def evaluate(path, variables, libraries):
    manifests = Manifests(dict(variables))
    for folder in libraries:
        manifests.add_library(folder, folder)
    if files.is_folder(path) and not files.exists(files.join(path, "manifest.py")):
        # A folder of modules.
        manifests.freeze(path)
    else:
        manifests.include(path)
    return manifests.found
