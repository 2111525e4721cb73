"""The tests' own ground: a page that reports what is wrong with it, and programs that are installed or asked for."""

import os
import subprocess
from pathlib import Path

import browser as base
import pytest
from browser import accessibility_violations, opened, program
from conftest import PROJECT
from playwright.sync_api import Browser


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<script>null.x</script>", "error: .*null"),
        ("<script>Promise.reject(new Error('lost'))</script>", "error: .*lost"),
        ("<script>console.error('bad')</script>", "console: bad"),
        ("<img src='https://example.org/a.png'>", "request outside: https://example.org/a.png"),
        ("<style>@import url(http://example.org/b.css)</style>", "request outside: http://example.org/b.css"),
        ("<script>fetch('https://example.org/c')</script>", "request outside: https://example.org/c"),
        ("<img src='missing.png'>", "console: .*ERR_FILE_NOT_FOUND"),
    ],
)
def test_a_page_fails_on_an_error_and_on_a_request_outside(browser: Browser, tmp_path: Path, html: str, fault: str) -> None:
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8")
    with pytest.raises(AssertionError, match=fault), opened(browser) as page:
        page.goto(file.as_uri())
        page.wait_for_timeout(50)


def test_a_page_without_fault_passes_and_its_accessibility_is_judged(browser: Browser) -> None:
    with opened(browser) as page:
        page.set_content("<html lang=sv><title>x</title><img src='data:,' alt='x'><input aria-label=y>")
        assert accessibility_violations(page) == []
        page.set_content("<html><title>x</title><input><p style='color: #aaa; background: #fff'>grey")
        assert {found.split(":")[0] for found in accessibility_violations(page)} == {"html-has-lang", "label", "color-contrast"}


def stubs(folder: Path, **programs: str) -> dict[str, str]:
    """An environment in which only these programs exist, besides what every system has, and the script that looks for them."""
    folder.mkdir()
    for name, body in {"id": "echo 0", "uname": "echo Linux", **programs}.items():
        (folder / name.replace("_", "-")).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (folder / name.replace("_", "-")).chmod(0o755)
    for name in ("sh", "sed", "cat", "touch", "readlink", "dirname"):
        (folder / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    script = base.PROGRAMS.read_text(encoding="utf-8").replace("/Applications", str(folder))
    (folder / "programs.sh").write_text(script, encoding="utf-8")
    (folder / "programs.sh").chmod(0o755)
    return {"PATH": str(folder), "LOG": str(folder / "log"), "BIN": str(folder)}


def ran(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    script = Path(environment["BIN"]) / "programs.sh"
    return subprocess.run([script, *arguments], env=environment, capture_output=True, text=True, check=False)


INSTALLS = """echo "$0 $*" | sed "s|$BIN/||" >> "$LOG"
for package; do case "$package" in
    chromium|google-chrome) cp_="$BIN/$package" ;; libreoffice-calc*) cp_="$BIN/libsclo.so" ;; libreoffice-impress*) cp_="$BIN/libsdlo.so" ;;
    libreoffice-writer*) cp_="$BIN/soffice" ;;
    libreoffice) : > "$BIN/libsclo.so"; : > "$BIN/libsdlo.so"; cp_="$BIN/soffice" ;;
    default-jre-headless|temurin) cp_="$BIN/java" ;; *) continue ;;
esac; echo '#!/bin/sh' > "$cp_"; echo 'echo openjdk 21.0.1 2026-10-15' >> "$cp_"; /bin/chmod +x "$cp_"; done"""


def test_what_is_missing_is_installed_where_it_may(tmp_path: Path) -> None:
    debian = stubs(tmp_path / "debian", apt_get=INSTALLS)
    assert ran(debian).returncode == 0
    install = "apt-get install -q -y --no-install-recommends"
    log = (tmp_path / "debian" / "log").read_text(encoding="utf-8").splitlines()
    office = [f"{install} libreoffice-{program}-nogui" for program in ("writer", "calc", "impress")]
    assert log == ["apt-get update -q", f"{install} chromium", *office, f"{install} default-jre-headless"]
    assert ran(debian).returncode == 0
    assert len((tmp_path / "debian" / "log").read_text(encoding="utf-8").splitlines()) == 6  # all is there: nothing to do

    there = {"google_chrome": "", "java": "echo openjdk 17 2021-09-14"}
    ubuntu = stubs(tmp_path / "ubuntu", apt_get=INSTALLS, id="echo 1000", sudo='shift; [ "$1" = true ] || exec "$@"', **there)
    assert ran(ubuntu).returncode == 0
    log = (tmp_path / "ubuntu" / "log").read_text(encoding="utf-8").splitlines()
    assert log == ["apt-get update -q", *office]

    mac = stubs(tmp_path / "mac", uname="echo Darwin", brew=INSTALLS, java="echo openjdk 11.0.2 2019-01-15")
    assert ran(mac).returncode == 0
    assert (tmp_path / "mac" / "log").read_text(encoding="utf-8") == "brew install --quiet --cask google-chrome libreoffice temurin\n"


@pytest.mark.parametrize("programs", [{}, {"apt_get": INSTALLS, "id": "echo 1000", "sudo": "exit 1"}, {"apt_get": "exit 100"}])
def test_what_may_not_be_installed_is_asked_for(tmp_path: Path, programs: dict[str, str]) -> None:
    asked = ran(stubs(tmp_path / "bin", **programs))
    assert asked.returncode == 1
    assert "The tests need programs that are missing: chromium soffice java\n" in asked.stderr
    assert "chromium libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui default-jre-headless\n" in asked.stderr
    assert not (tmp_path / "bin" / "log").exists()


def test_a_test_without_its_program_fails_and_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stubs(tmp_path / "bin", soffice="").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(base, "PROGRAMS", tmp_path / "bin" / "programs.sh")
    (tmp_path / "bin" / "libsclo.so").touch()
    with pytest.raises(RuntimeError, match=r"missing: .*soffice"):
        program("soffice")
    (tmp_path / "bin" / "libsdlo.so").touch()
    assert program("soffice") == str(tmp_path / "bin" / "soffice")
    with pytest.raises(RuntimeError, match=r"missing: chromium\n(.*\n)*.*brew install"), base.chromium():
        pass
    other = tmp_path / "bin" / "other"
    other.write_text("#!/bin/sh\n", encoding="utf-8")
    other.chmod(0o755)
    monkeypatch.setenv("EXPORTREGION_CHROMIUM", str(other))
    assert program("chromium") == str(other)


def test_make_test_looks_for_the_programs_first() -> None:
    dry = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "test"], cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, check=True
    ).stdout
    assert dry.splitlines()[-2:] == ["tests/programs.sh", "PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest"]
