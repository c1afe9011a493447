"""`check` of folders that hold other files too."""


def test_what_was_passed_over_is_counted(tmp_path, monkeypatch, archcalc):
    good = "input: {channels: 3, height: 8, width: 8}\nlayers: [relu]\n"
    files = {
        "a.yaml": good,
        "old.yaml": "input: 1\n",
        "older.yaml": "input: 1\n",
        "compose.yml": "services: {}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "archcalc.toml").write_text('paths = ["."]\nexclude = ["older.yaml"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, out, err = archcalc("check", "--exclude", "o?d*")
    assert code == 0, out
    assert out.startswith("a.yaml: ok (0 parameters")
    assert err == "passed over 1 YAML file that is no spec (no input:, layers: or base: at the top)\n"
    assert archcalc("check", "-q", "--exclude", "old.yaml")[2] == ""
    assert archcalc("check")[0] == 1
