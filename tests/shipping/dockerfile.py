"""Performs a Dockerfile's own steps in a plain folder, for want of a daemon that would build it."""

import json
import os
import re
import shlex
import shutil
import subprocess
import venv
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from string import Template

# Where a step may write: in the folder that stands in for `/`. Any other path would be this
# machine's own, and is refused.
OURS = ("data", "opt", "src", "var")
_OURS = re.compile(rf"(?<!\w)/(?=(?:{'|'.join(OURS)})\b)")
_ABSOLUTE = re.compile(r"(?<![\w/*.])/([a-z]+)")
_BUILT_WITHIN = 300  # Seconds, on a slow machine that has to download everything.


@dataclass(frozen=True)
class Step:
    word: str
    rest: str


@dataclass(kw_only=True)
class Image:
    """A stage: what `/` is, and how what is run in it is run."""

    root: Path
    name: str
    env: dict[str, str]
    folder: str = "/"
    user: str = "root"
    owners: dict[str, str] = field(default_factory=dict)
    entry: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    stopped_by: str = "SIGTERM"
    ports: list[str] = field(default_factory=list)

    def place(self, path: str) -> Path:
        return self.root / (PurePosixPath(self.folder) / path).relative_to("/")

    def put(self, text: str) -> str:
        """The same words, with the paths as they are on this machine."""
        return _OURS.sub(f"{self.root}/", text)

    @property
    def own_env(self) -> dict[str, str]:
        return {name: self.put(value) for name, value in self.env.items()}


def read_steps(text: str) -> list[Step]:
    kept = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(kept).replace("\\\n", " ")
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def ignored(path: PurePosixPath, patterns: list[str]) -> bool:
    """As .dockerignore has it: the last pattern that fits the path, or a folder of it, decides."""
    fate = False
    for pattern in patterns:
        if _fits(path, pattern.removeprefix("!")):
            fate = not pattern.startswith("!")
    return fate


def _fits(path: PurePosixPath, pattern: str) -> bool:
    anywhere = pattern.startswith("**/")
    pattern = pattern.removeprefix("**/")
    assert "/" not in pattern, "only names are understood here"
    return any(fnmatchcase(part, pattern) for part in path.parts[: None if anywhere else 1])


def read_ignored(context: Path) -> list[str]:
    lines = (context / ".dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@dataclass
class Builder:
    """`outside`: the environment that downloads need, which is none of the image's.

    One that does not `perform` runs and copies nothing, and only tells what the image says.
    """

    context: Path
    folder: Path
    outside: dict[str, str]
    performs: bool = True
    stages: dict[str, Image] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)

    def build(self, steps: list[Step]) -> Image:
        for step in steps:
            getattr(self, f"_{step.word.lower()}")(step.rest)
        return self.stages[""]

    @property
    def _now(self) -> Image:
        return self.stages[""]

    def _arg(self, rest: str) -> None:
        name, value = rest.split("=", 1)
        self.arguments[name] = value

    def _from(self, rest: str) -> None:
        """Each begins with nothing but Python. The one before is put aside, under its name."""
        root = self.folder / "root"
        if before := self.stages.pop("", None):
            before.root = root.rename(self.folder / before.name)
            self.stages[before.name] = before
        root.mkdir()
        base = self.folder / f"base-{len(self.stages)}"
        if self.performs:
            venv.create(base, with_pip=not self.stages, symlinks=True)
        image, _, name = Template(rest).substitute(self.arguments).partition(" AS ")
        assert image == self.arguments["BASE"]
        path = f"{base}/bin:/usr/bin:/bin"
        self.stages[""] = Image(root=root, name=name, env={"PATH": path})

    def _run(self, rest: str) -> None:
        self._look_at_paths(rest)
        if not self.performs:
            return
        done = subprocess.run(  # noqa: S603 - a step of our own Dockerfile.
            ["/bin/sh", "-c", self._now.put(rest)],
            cwd=self._now.place("."),
            env=self.outside | self._now.own_env,
            capture_output=True,
            text=True,
            timeout=_BUILT_WITHIN,
            check=False,
        )
        assert done.returncode == 0, f"RUN {rest}\n{done.stdout}\n{done.stderr}"

    def _copy(self, rest: str) -> None:
        self._look_at_paths(rest)
        words = shlex.split(rest)
        flags = dict(word[2:].split("=") for word in words if word.startswith("--"))
        *sources, target = (word for word in words if not word.startswith("--"))
        place = self._now.place(target)
        for source in sources if self.performs else ():
            if stage := flags.get("from"):
                _link(self.stages[stage].place(source), place)
            else:
                self._take(source, place / source if target.endswith("/") else place)
        if owner := flags.get("chown"):
            self._now.owners[target] = owner

    def _take(self, source: str, place: Path) -> None:
        """From the context, without what .dockerignore keeps out."""
        patterns, start = read_ignored(self.context), self.context / source
        files = (
            [start] if start.is_file() else [each for each in start.rglob("*") if each.is_file()]
        )
        kept = [
            file
            for file in files
            if not ignored(PurePosixPath(file.relative_to(self.context)), patterns)
        ]
        assert kept, f"nothing of {source} is in the context"
        for file in kept:
            to = place if file == start else place / file.relative_to(start)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, to)

    def _env(self, rest: str) -> None:
        self._look_at_paths(rest)
        for word in shlex.split(rest):
            name, value = word.split("=", 1)
            self._now.env[name] = Template(value).substitute(self._now.env)

    def _workdir(self, rest: str) -> None:
        self._look_at_paths(rest)
        self._now.folder = rest
        self._now.place(".").mkdir(parents=True, exist_ok=True)

    def _user(self, rest: str) -> None:
        self._now.user = rest

    def _expose(self, rest: str) -> None:
        self._now.ports.append(rest)

    def _stopsignal(self, rest: str) -> None:
        self._now.stopped_by = rest

    def _healthcheck(self, rest: str) -> None:
        self._now.health = json.loads(rest.partition(" CMD ")[2])

    def _entrypoint(self, rest: str) -> None:
        self._now.entry = json.loads(rest)

    def _cmd(self, rest: str) -> None:
        self._now.command = json.loads(rest)

    @staticmethod
    def _look_at_paths(text: str) -> None:
        others = set(_ABSOLUTE.findall(text)) - set(OURS)
        assert not others, f"would touch this machine's own /{others}"


def _link(source: Path, target: Path) -> None:
    """Copied without copying: nothing changes these files again."""
    shutil.copytree(source, target, symlinks=True, copy_function=os.link, dirs_exist_ok=True)
