"""What the exchange needs to know of a repository: trees, contents, ancestry, and putting a tree in place."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mlops_desk.sync.git import Git, GitError
from mlops_desk.sync.merge import Item, Tree

MAX_CONTENT_BYTES = 8 * 1024 * 1024
_BATCH = 64
_QUOTED = re.compile(r"'([^']+)'")
_UNDER_WAY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")
REGULAR = ("100644", "100755")


class Repository:
    """One repository, read and changed through git's plumbing only."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self.private = Path(git.text("rev-parse", "--absolute-git-dir"))

    def branch(self) -> str:
        """Return the branch the person is on; empty where there is none."""
        return self.git.text("symbolic-ref", "--quiet", "--short", "HEAD")

    def is_under_way(self) -> bool:
        """Tell whether the person is in the middle of a merge or the like."""
        return any((self.private / name).exists() for name in _UNDER_WAY)

    def is_shallow(self) -> bool:
        """Tell whether the beginning of the history is missing."""
        return (self.private / "shallow").exists()

    def commit_of(self, name: str) -> str:
        """Return the id of a commit; empty where there is none of that name."""
        return self.git.text("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}")

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Tell whether one commit lies in the past of another."""
        return self.git.tells("merge-base", "--is-ancestor", older, newer)

    def common(self, one: str, other: str) -> str:
        """Return the best commit that two share; empty where they share none."""
        return self.git.text("merge-base", one, other).partition("\n")[0]

    def tree(self, commit: str, *below: str) -> dict[str, Item]:
        """Return the files of a commit by path; none for an empty name."""
        if not commit:
            return {}
        found = self.git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *below).decode(
            "utf-8", "surrogateescape"
        )
        tree = {}
        for line in found.split("\0"):
            if line:
                head, _tab, path = line.partition("\t")
                mode, _kind, id_ = head.split(" ")
                tree[path] = Item(mode, id_)
        return tree

    def contents(self, tree: Tree) -> Iterator[tuple[str, bytes]]:
        """Yield the content of each regular file of a tree that is no larger than anything we read."""
        regular = [(path, item.id) for path, item in tree.items() if item.mode in REGULAR]
        asked = "".join(f"{id_}\n" for _path, id_ in regular).encode()
        sizes = self.git.run("cat-file", "--batch-check=%(objectsize)", stdin=asked).split() if regular else []
        wanted = [each for each, size in zip(regular, sizes, strict=True) if int(size) <= MAX_CONTENT_BYTES]
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            asked = "".join(f"{id_}\n" for _path, id_ in part).encode()
            found = self.git.run("cat-file", "--batch", stdin=asked)
            place = 0
            for path, _id in part:
                end = found.index(b"\n", place)
                size = int(found[place:end].split(b" ")[2])
                yield path, found[end + 1 : end + 1 + size]
                place = end + size + 2

    def keep(self, content: bytes) -> str:
        """Keep a content and return its id."""
        return self.git.run("hash-object", "-w", "--stdin", "--no-filters", stdin=content).decode().strip()

    def commit_tree(self, before: str, changes: Mapping[str, Item | None], parents: Iterable[str], message: str) -> str:
        """Return a new commit: the tree of one before it with some paths changed; None removes one."""
        with tempfile.TemporaryDirectory(prefix="mlops-desk-") as scratch:
            index = Path(scratch) / "index"
            self.git.run("read-tree", before, index=index)
            gone = Item("0", "0" * len(before))
            lines = [f"{(item or gone).mode} {(item or gone).id}\t{path}\0" for path, item in changes.items()]
            given = "".join(lines).encode("utf-8", "surrogateescape")
            self.git.run("update-index", "-z", "--index-info", stdin=given, index=index)
            tree = self.git.run("write-tree", index=index).decode().strip()
        named = [part for parent in parents for part in ("-p", parent)]
        return self.git.run("commit-tree", tree, *named, "-m", message).decode().strip()

    def move_to(self, before: str, after: str) -> list[str]:
        """Bring index, files and branch from one commit to another; returns the files in the way, if there are any.

        What the person changed or added beside it stays as it is.
        """
        self.git.tells("update-index", "-q", "--refresh")
        old = before or self.git.run("mktree").decode().strip()
        try:
            self.git.run("read-tree", "-m", "-u", old, after)
        except GitError as error:
            found = _QUOTED.findall(error.complaint)
            if not found:
                raise
            return sorted(set(found))
        self.git.run("update-ref", "-m", "mlops-desk", "HEAD", after, before or "0" * len(after))
        return []

    def changed(self, *below: str) -> dict[str, str]:
        """Return paths that differ from the last commit, with git's two letters for how; also ignored ones."""
        asked = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored=traditional", "--")
        found = self.git.run(*asked, *below).decode("utf-8", "surrogateescape")
        return {line[3:]: line[:2] for line in found.split("\0") if line}

    def commit_paths(self, paths: Iterable[str], message: str) -> None:
        """Commit some files as they lie there, and nothing else that the person has prepared."""
        given = "\0".join(paths).encode("utf-8", "surrogateescape")
        listed = ("--pathspec-from-file=-", "--pathspec-file-nul")
        self.git.run("--literal-pathspecs", "add", "--force", *listed, stdin=given)
        quiet = ("--quiet", "--no-verify", "--no-post-rewrite", "--only", "--allow-empty-message", "-m", message)
        self.git.run("--literal-pathspecs", "commit", *quiet, *listed, stdin=given)
