"""What the libraries below us would report to others."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent


def test_onnxruntime_reports_to_nobody(model_dir: Path, tmp_path: Path) -> None:
    """Loading and running a model keeps no device id and no events for onnxruntime's vendor."""
    home = tmp_path / "home"
    home.mkdir()
    code = (
        "import sys; from pathlib import Path\n"
        "from inference.model.model import Model; from inference.store.versions import ModelStore\n"
        "Model(ModelStore(Path(sys.argv[1])).bundle(1), memo_capacity=1)\n"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ORT_")}
    subprocess.run(
        [sys.executable, "-c", code, str(model_dir)],
        cwd=ROOT,
        env={**environ, "HOME": str(home), "XDG_CACHE_HOME": "", "XDG_DATA_HOME": ""},
        check=True,
    )
    assert list(home.rglob("*")) == []
