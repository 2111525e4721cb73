"""The wheel: installed without the checkout, it runs a round from any folder that holds awards and raw data."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from conftest import PROJECT, RAW, once

from pipeline.archive import compared

PYTHON = Path("env", "Scripts" if os.name == "nt" else "bin", "python")


def installed(folder: Path) -> None:
    """A fresh virtual environment with the wheel. The other packages are those of the tests: nothing is fetched."""
    build = ("-m", "hatchling", "build", "--target", "wheel", "--directory", folder)
    subprocess.run([sys.executable, *build], cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", symlinks=os.name != "nt")
    python = folder / PYTHON
    install = ("-m", "pip", "--disable-pip-version-check", "--python", python, "install", "--quiet", "--no-deps", "--no-index")
    subprocess.run([sys.executable, *install, wheel], check=True, capture_output=True)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True).stdout.strip()
    # A folder that such a file names is searched, and the .pth files in it are not read: the checkout stays out of sight.
    (Path(site) / "packages.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python that the wheel is installed for."""
    return once(tmp_path_factory, "wheel", installed) / PYTHON


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the awards and the raw data."""
    shutil.copytree(PROJECT / "awards", tmp_path / "awards")
    shutil.copytree(RAW, tmp_path / "data" / "raw")
    return tmp_path


def ran(python: Path, home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """With a seed of its own: what is the same bytes in another process does not hang on how Python orders a set."""
    env = {**os.environ, "PYTHONHASHSEED": "815"}
    return subprocess.run(
        [python, "-m", "pipeline", *arguments], check=False, cwd=home, env=env, capture_output=True, text=True, encoding="utf-8"
    )


def test_an_installed_wheel_runs_a_round_from_a_folder_of_its_own(python: Path, home: Path, complete: Path) -> None:
    run = ran(python, home, "run", "--award", "2022", "--quiet")
    assert run.returncode == 0, run.stderr
    made = home / "data" / "processed" / "2022"
    verified = compared(complete / "2022", made, "2022")
    assert verified.differ == ()
    assert {"ranking.csv", "exportregion.duckdb", "run.json", "report/exportregion-2022.pdf"} < {*verified.same}


@pytest.mark.whole
def test_a_folder_s_own_catalogue_and_sql_go_in_place_of_the_built_in_ones(python: Path, home: Path) -> None:
    shutil.copytree(PROJECT / "catalogue", home / "catalogue")
    measure = home / "catalogue" / "measures" / "sme_goods_exporters_per_100k.toml"
    text = measure.read_text(encoding="utf-8")
    name = "Goods-exporting SMEs per 100 000 inhabitants"
    assert f'name = "{name}"' in text
    measure.write_text(text.replace(f'name = "{name}"', 'name = "Exporters, in words of our own"'), encoding="utf-8")
    assert "Exporters, in words of our own" in ran(python, home, "indicators", "--list", "--json").stdout
    assert ran(python, home, "validate", "--award", "2022").returncode == 0
    measure.unlink()
    refused = ran(python, home, "validate", "--award", "2022")
    assert refused.returncode == 1
    assert "sme_goods_exporters_per_100k" in refused.stderr
    assert "Traceback" not in refused.stderr
