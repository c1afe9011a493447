"""JUnit XML: one test case a spec, for what shows test reports (GitLab, Jenkins, Azure)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archcalc.checks.findings import Checked
from archcalc.quoting import escaped
from archcalc.report.check.as_text import spec_lines
from archcalc.report.check.places import hosted_path
from archcalc.report.check.tally import counted
from archcalc.report.page import Options

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAME = "archcalc check"


def render(checked: tuple[Checked, ...], options: Options) -> str:
    """One suite. Text is escaped before it gets here: XML 1.0 has no control characters, however written."""
    about = {
        "name": NAME,
        "tests": str(len(checked)),
        "failures": str(sum(one.exit_code == 1 for one in checked)),
        "errors": str(sum(one.exit_code >= 2 for one in checked)),
    }
    suites = Element("testsuites", about)
    suite = SubElement(suites, "testsuite", {**about, "skipped": "0"})
    for one in checked:
        _case(suite, one)
    indent(suites)
    return DECLARATION + tostring(suites, encoding="unicode") + "\n"


def _case(suite: Element, one: Checked) -> None:
    """A spec: failed as a whole, because readers of JUnit show one failure for each test case."""
    source = escaped(hosted_path(one.source))
    case = SubElement(suite, "testcase", classname=NAME, name=source, file=source)
    text = "\n".join(spec_lines(one, lists_ok=True))
    if not one.exit_code:
        SubElement(case, "system-out").text = text
        return
    errors = one.errors
    least = "at least " if one.truncated else ""
    more = f" (and {least}{counted(len(errors) - 1, 'more error')})" if errors[1:] else ""
    message = escaped(errors[0].message) + more if errors else "failed"
    kind = escaped(errors[0].code) if errors else "error"
    word = "failure" if one.exit_code == 1 else "error"
    SubElement(case, word, message=message, type=kind).text = text
