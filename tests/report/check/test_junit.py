"""JUnit: XML that parses, one test case a spec."""

from xml.etree import ElementTree

from archcalc.checks.findings import Checked


def suite_of(text):
    """The one suite, whose counts the whole document repeats."""
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    (suite,) = root
    for count in ("tests", "failures", "errors"):
        assert suite.get(count) == root.get(count)
    return suite


def test_each_spec_is_a_case(write, everything):
    suite = suite_of(write("junit", *everything))
    assert [case.get("name") for case in suite] == [one.source for one in everything]
    assert [case.get("file") for case in suite] == [one.source for one in everything]
    assert [[child.tag for child in case] for case in suite] == [
        ["system-out"],
        ["system-out"],
        ["failure"],
        ["system-out"],
        ["error"],
    ]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "1",
        "skipped": "0",
    }


def test_a_failure_says_all_that_was_found(write, everything):
    suite = suite_of(write("junit", *everything))
    failure, unreadable = suite[2][0], suite[4][0]
    assert failure.get("message") == "conv1: a window of 50 does not fit (and 1 more error)"
    assert failure.get("type") == "shape"
    text = write("text", everything[2])
    assert failure.text == text.rpartition("\n1 spec")[0]
    assert failure.text.count("\n") == 8
    assert unreadable.get("message") == "cannot read gone.yaml: No such file or directory"
    assert (unreadable.get("type"), unreadable.text.count("\n")) == ("unreadable", 0)


def test_what_is_well_may_come_with_advice(write, everything):
    suite = suite_of(write("junit", *everything))
    assert suite[0][0].text == "specs/vgg16.yaml: ok (138,357,544 parameters, 15,470,264,320 MACs)"
    assert "specs/heavy.yaml:3:5: advice[heavy-fc]: fc1 holds" in suite[3][0].text


def test_no_specs_are_an_empty_suite(write):
    suite = suite_of(write("junit"))
    assert (len(suite), suite.get("tests")) == (0, "0")


def test_only_characters_of_xml_1_0_are_written(write, make):
    every = "".join(
        map(chr, [*range(0x300), *range(0xD7F0, 0xE010), *range(0xFDC0, 0x10010), 0x1FFFE, 0x10FFFF])
    )
    found = (make.error(every, every, hint=every),)
    text = write("junit", Checked(f"a{every}.yaml", every, findings=found, texts={"a": every}))
    case = suite_of(text.encode("utf-8"))[0]
    assert len(case[0].get("message")) > len(every)
    assert not [
        c
        for c in text
        if not (c == "\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")
    ]


def test_what_ends_text_in_xml_does_not_end_it(write, make):
    words = "]]> <!-- --> </failure> &amp; &lt; \"'"
    case = suite_of(write("junit", Checked(words, findings=(make.error(words, words),))))[0]
    assert (case.get("name"), case[0].get("message"), case[0].get("type")) == (words, words, words)
    assert case[0].text == f"{words}: error[{words}]: {words}"
