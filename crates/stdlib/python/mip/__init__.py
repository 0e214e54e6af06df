# Packages: from an index on a server, from a place of their own, or from a folder.

import os
import sys

_INDEX = "https://micropython.org/pi/v2"
_PIECE = 4096

# Names of places, and where files of their repositories are.
_PLACES = {
    "github:": "https://raw.githubusercontent.com/%s/%s/%s/%s",
    "gitlab:": "https://gitlab.com/%s/%s/-/raw/%s/%s",
    "codeberg:": "https://codeberg.org/api/v1/repos/%s/%s/raw/%s?ref=%s",
}


def _rewrite(url, version):
    # The URL that a short one stands for: "github:owner/repository/path".
    for name in _PLACES:
        if url.startswith(name):
            owner, repository, *path = url[len(name) :].split("/")
            path = "/".join(path)
            if name == "codeberg:":
                return _PLACES[name] % (owner, repository, path, version or "HEAD")
            return _PLACES[name] % (owner, repository, version or "HEAD", path)
    return url


def _is_remote(source):
    return source.startswith(("http://", "https://")) or any(source.startswith(name) for name in _PLACES)


def _open(source):
    # A stream over what `source` leads to.
    if not source.startswith(("http://", "https://")):
        return open(source, "rb")
    import requests

    response = requests.get(source)
    if response.status_code != 200:
        response.close()
        raise OSError("%s: error %d" % (source, response.status_code))
    return response.raw


def _read_json(source):
    import json

    stream = _open(source)
    try:
        return json.loads(stream.read())
    finally:
        stream.close()


def _exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def _make_folders(path):
    at = path.find("/", 1)
    while at > 0:
        try:
            os.mkdir(path[:at])
        except OSError:
            # It may be there. If not, opening the file says so.
            pass
        at = path.find("/", at + 1)


def _check_path(path):
    # What a package says about where its files belong stays in the folder that it is installed to.
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError("not a path of a package: " + path)


def _has_hash(path, short):
    # Whether a file is there, and has a hash that begins with this one.
    from binascii import hexlify
    from hashlib import sha256

    try:
        with open(path, "rb") as file:
            hash = sha256()
            while True:
                piece = file.read(_PIECE)
                if not piece:
                    break
                hash.update(piece)
    except OSError:
        return False
    return hexlify(hash.digest()).decode()[: len(short)] == short


def _download(source, path):
    print("Copying:", path)
    stream = _open(source)
    try:
        _make_folders(path)
        # A file is there whole or not at all.
        part = path + ".part"
        with open(part, "wb") as file:
            while True:
                piece = stream.read(_PIECE)
                if not piece:
                    break
                file.write(piece)
        try:
            os.remove(path)
        except OSError:
            pass
        os.rename(part, path)
    finally:
        stream.close()


def _install_json(source, index, target, version, mpy):
    package = _read_json(_rewrite(source, version))
    base = source.rsplit("/", 1)[0]
    for path, short in package.get("hashes", ()):
        _check_path(path)
        place = target + "/" + path
        if _has_hash(place, short):
            print("Exists:", place)
        else:
            _download("%s/file/%s/%s" % (index, short[:2], short), place)
            if not _has_hash(place, short):
                os.remove(place)
                raise OSError(place + ": what came is not what was announced")
    for path, url in package.get("urls", ()):
        _check_path(path)
        if not _is_remote(url) and not url.startswith("/"):
            url = base + "/" + url
        _download(_rewrite(url, version), target + "/" + path)
    for name, wanted in package.get("deps", ()):
        _install(name, index, target, wanted, mpy)


def _install(package, index, target, version, mpy):
    is_local = package.startswith(("/", "./", "../"))
    if is_local or _is_remote(package):
        if package.endswith((".py", ".mpy")):
            name = package.rsplit("/", 1)[-1]
            return _download(_rewrite(package, version), target + "/" + name)
        if not package.endswith(".json"):
            package = package.rstrip("/") + "/package.json"
        return _install_json(package, index, target, version, mpy)
    print("Installing %s (%s) from %s to %s" % (package, version or "latest", index, target))
    kind = str(sys.implementation._mpy & 0xFF) if mpy else "py"
    source = "%s/package/%s/%s/%s.json" % (index, kind, package, version or "latest")
    _install_json(source, index, target, version, mpy)


def _folder():
    # The first folder for libraries.
    for path in sys.path:
        if path.endswith("/lib"):
            return path
    raise OSError("no folder of sys.path ends in /lib: say target=")


def install(package, index=None, target=None, version=None, mpy=True):
    # Installs a package: its name in the index, with a version after an "@", or where it is.
    if version is None and "@" in package:
        package, version = package.rsplit("@", 1)
    index = (index or _INDEX).rstrip("/")
    try:
        _install(package, index, (target or _folder()).rstrip("/"), version, mpy)
    except (OSError, ValueError) as error:
        print("Package may be partially installed:", error)
        return False
    print("Done")
    return True
