import os
import sys
import sysconfig


def find_ws_lint():
    """The path of the program that was installed with this package.

    Raises FileNotFoundError, with every folder that was looked into, where it is not there.
    """
    name = "ws-lint" + (sysconfig.get_config_var("EXE") or "")
    looked_into = []
    for folder in _script_folders():
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
        looked_into.append(folder)
    raise FileNotFoundError(f"{name} is in none of: {', '.join(looked_into)} (install the package again)")


def _script_folders():
    """Where installers put programs, the most likely folder first."""
    yield sysconfig.get_path("scripts")
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # pip install --prefix PREFIX: PREFIX/lib/python3.12/site-packages, on Windows PREFIX/Lib/site-packages.
    levels, programs = (2, "Scripts") if os.name == "nt" else (3, "bin")
    yield os.path.join(packages, *[os.pardir] * levels, programs)
    # pip install --target FOLDER.
    yield os.path.join(packages, "bin")
    # pip install --user.
    yield sysconfig.get_path("scripts", scheme=_user_scheme())


def _user_scheme():
    if sys.version_info >= (3, 10):
        return sysconfig.get_preferred_scheme("user")
    if os.name == "nt":
        return "nt_user"
    if sys.platform == "darwin" and getattr(sys, "_framework", None):
        return "osx_framework_user"
    return "posix_user"
