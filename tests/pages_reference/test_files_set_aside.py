"""What the list of files that do not count says of each."""

from __future__ import annotations

import pytest

from dashboard.panels.quality.snapshots import _outcome
from pipeline.snapshots import InputFile

COUNTS = {"rows_read": 2, "accepted": 0, "rejected": 2, "duplicates": 0}
STAYS = "上一批次“a.csv”继续有效。"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"superseded_by": "clinics/b.csv"}, "已由“b.csv”替代。"),
        ({"refusal": "CORRUPT"}, "整份未采用：文件已损坏，打不开，请重新导出或重新传输。"),
        ({"kept_instead": "clinics/a.csv"}, f"没有一行可以采用，请改正后重新放入。{STAYS}"),
        (
            {"refusal": "EMPTY", "kept_instead": "clinics/a.csv"},
            f"整份未采用：文件里没有数据行，请重新导出后再放入。{STAYS}",
        ),
    ],
)
def test_a_file_that_does_not_count_says_why_and_what_does(what: dict[str, str], said: str) -> None:
    file = InputFile(source="clinics", file="clinics/x.csv", sha256="0", **COUNTS, **what)
    assert _outcome(file, is_short=False) == said
