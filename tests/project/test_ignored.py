"""Which files of folders are no specs, ignored or excluded; git itself says what its patterns mean."""

import shutil
import subprocess

import pytest

from archcalc.errors import RequestError
from archcalc.project.discovery import found_specs, is_spec
from archcalc.project.ignored import is_ignored, rules_of

SPEC = "input: [3, 8, 8]\nlayers: [relu]\n"
PATTERNS = r"""
a.yaml | /a.yaml | *.yaml | d/ | d | /d/e | d/*.yaml | d/** | **/e | **/e/b.yaml | d/**/b.yaml | [ab].yaml
[!a].yaml | [^a].yaml | ?.yaml | e/ | \#c.yaml | # d | \*.yaml | d/e | *.yaml,!b.yaml | d,!d/a.yaml | d/*,!d/e
*,!*/,!b.yaml | !a.yaml | / | ** | D | d/b*l | b.yaml\  | [z-a].yaml | [a.yaml | d// | **b.yaml | d/**e
"""
FILES = (
    "a.yaml",
    "b.yaml",
    "#c.yaml",
    "d/a.yaml",
    "d/b.yaml",
    "d/e/b.yaml",
    "d/e/f/b.yaml",
    "g/d",
    "g/e/a.yaml",
)


def _put(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _left_out(rules, folder, name):
    """Whether a file is left out, or a folder that it is in."""
    parts = name.split("/")
    above = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    return any(is_ignored(rules, str(folder / path), path != name) for path in above)


def test_patterns_mean_what_they_mean_to_git(tmp_path):
    if not shutil.which("git"):
        pytest.skip("there is no git")
    _put(tmp_path, dict.fromkeys(FILES, ""))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    asked = "\0".join(FILES)
    for patterns in PATTERNS.strip().replace("\n", " | ").split(" | "):
        lines = patterns.replace(",", "\n")
        (tmp_path / ".gitignore").write_text(lines + "  \n", encoding="utf-8")
        command = ["git", "check-ignore", "--no-index", "-z", "--stdin"]
        said = subprocess.run(command, cwd=tmp_path, input=asked, text=True, capture_output=True, check=False)
        rules = rules_of(f"{lines}  ".splitlines(), str(tmp_path))
        found = {name for name in FILES if _left_out(rules, tmp_path, name)}
        assert found == set(filter(None, said.stdout.split("\0"))), patterns


def test_a_pattern_of_many_folders_is_matched_at_once(tmp_path):
    rules = rules_of(["**/a/" * 40 + "b"], str(tmp_path))
    assert not is_ignored(rules, str(tmp_path) + "/a" * 400, True)


REPOSITORY = {
    "docker-compose.yml": "services:\n  input: {image: x}\n",
    ".github/workflows/ci.yml": "on: [push]\n",
    "node_modules/x/y.yaml": "name: y\nlayers_of: 3\n",
    "k8s/many.yaml": "---\nkind: Pod\n---\nkind: Service\n",
    "data/empty.yaml": "",
    "data/binary.yaml": "\0\1\2",
    "nets/good.yaml": SPEC,
    "nets/broken.yaml": "input: [3, 8, 8\nlayers: {{{\n",
    "nets/variant.yml": "base: good\n",
    "nets/braces.yaml": "{input: [3, 8, 8], layers: [relu]}\n",
    "nets/quoted.yaml": '"input": [3, 8, 8]\n',
    "nets/.gitignore": "draft*\n",
    "nets/draft.yaml": SPEC,
    "build/net.yaml": SPEC,
    "old/net.yaml": SPEC,
    ".gitignore": "/build/\n",
    ".git/HEAD": "",
}


def test_only_specs_of_a_folder_are_taken(tmp_path, monkeypatch):
    _put(tmp_path, REPOSITORY)
    (tmp_path / "nets" / "gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "nets" / "circle").symlink_to("..")
    monkeypatch.chdir(tmp_path)
    nets = ["braces", "broken", "gone", "good", "quoted"]
    specs = [*(f"nets/{name}.yaml" for name in nets), "nets/variant.yml"]
    assert found_specs(["."]) == ([*specs, "old/net.yaml"], 5)
    assert found_specs(["."], rules_of(["old", "g*d.yaml"], ".")).specs == [
        s for s in specs if "good" not in s
    ]
    assert found_specs(["nets"]).specs == specs
    assert found_specs(["nets/draft.yaml", "k8s/many.yaml"]).specs == [
        "nets/draft.yaml",
        "k8s/many.yaml",
    ]
    assert found_specs(["old/*"]).specs == ["old/net.yaml"]
    with pytest.raises(RequestError, match="lies in 'k8s'; 1 YAML file there is none"):
        found_specs(["k8s"])
    with pytest.raises(RequestError, match=r"no spec matches 'old/\*'"):
        found_specs(["old/*"], rules_of(["/old"], "."))


def test_a_spec_in_two_bytes_a_letter_is_one(tmp_path):
    (tmp_path / "a.yaml").write_bytes(SPEC.encode("utf-16"))
    (tmp_path / "b.yaml").write_bytes("kind: Pod".encode("utf-16"))
    assert is_spec(str(tmp_path / "a.yaml"))
    assert not is_spec(str(tmp_path / "b.yaml"))
