# SPDX-License-Identifier: GPL-2.0-or-later
"""What the checks in Python share: TAP, strict YAML, and the questions that tests/manifests/validate.mjs answers."""
import json
import os
import shlex
import shutil
import subprocess
import sys

srcdir = os.environ["srcdir"]
builddir = os.environ["builddir"]
MODULES = "/var/cache/oci-readonly-hook"
NO_MODULES = "npm packages are not here: scripts/setup"

_count = 0
_failed = 0


def result(name, errors=(), skipped=None):
    """One test, which failed if there are errors."""
    global _count, _failed
    _count += 1
    print(f"{'not ok' if errors else 'ok'} {_count} - {name}" + (f" # SKIP {skipped}" if skipped else ""))
    for error in errors:
        print("\n".join("# " + line for line in str(error).splitlines()))
    _failed += bool(errors)


def check(name, function, *arguments):
    """One test: the function returns a list of errors."""
    try:
        errors = function(*arguments)
    except Exception as error:  # pylint: disable=broad-except
        errors = [f"{type(error).__name__}: {error}"]
    result(name, errors or ())


def done_testing():
    print(f"1..{_count}")
    sys.exit(_failed > 0)


try:
    import yaml
except ImportError:
    result("YAML", skipped="python3-yaml is not here")
    done_testing()


class Strict(yaml.SafeLoader):
    """As YAML parsers of Go do, refuses a key that is there twice."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"the key {key} is there twice{node.start_mark}")
        return super().construct_mapping(node, deep)


def documents(text):
    return list(yaml.load_all(text, Strict))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def read_folder(folder):
    """name: text of each file, with names from the top of the sources."""
    names = [os.path.relpath(os.path.join(directory, name), srcdir)
             for directory, _, names in os.walk(os.path.join(srcdir, folder)) for name in names]
    return {name: read(os.path.join(srcdir, name)) for name in sorted(names)}


def output(*command, **options):
    """Standard output and error of a command, and its status."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, stdin=subprocess.DEVNULL,
                          **options)
    return done.stdout, done.returncode


def run(*command, **options):
    """An error if the command fails."""
    text, status = output(*command, **options)
    return [f"{shlex.join(command)}: status {status}\n{text}"] if status else []


def ask(questions):
    """The answers of validate.mjs; None without its packages."""
    if not shutil.which("node") or not os.path.isdir(MODULES + "/node_modules"):
        return None
    script = os.path.join(srcdir, "tests/manifests/validate.mjs")
    done = subprocess.run(["node", script, MODULES], input=json.dumps(questions), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
