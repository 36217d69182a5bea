from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.catalog.published import load_published, published
from pipeline.errors import CatalogueError
from pipeline.marts.published_facts import fact_dates
from pipeline.reference import load_reference

COMPARED = published()


def test_stocks_are_read_on_the_days_the_figures_speak_of() -> None:
    days = fact_dates(COMPARED, date(2022, 12, 31))
    assert date(2022, 10, 13) in days
    assert max(days) == date(2022, 12, 31)


def test_every_committed_comparison_and_reason_is_of_a_published_fact() -> None:
    facts = load_reference().published_facts
    ids = set(facts["fact_id"])
    assert set(COMPARED.comparisons) <= ids
    assert set(COMPARED.missing) <= ids
    assert not set(COMPARED.missing) & set(COMPARED.comparisons)
    assert set(facts["topic"]) <= set(COMPARED.needs)
    assert len(COMPARED.comparisons) >= 45


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('fact_id = "F"\nnumerator = ["nothing"]\non = 2025-01-01', "未声明的计数"),
        ('fact_id = "F"\nnumerator = ["centres"]', "应写日期on"),
        ('fact_id = "F"\nnumerator = ["remote_ecg"]\nstart = 2025-01-01', "应写日期on"),
        ('fact_id = "F"\nnumerator = ["remote_ecg"]\non = 2025-01-01', "写法不符"),
        ('fact_id = "F"\nnumerator = ["centres"]\non = 2025-01-01\nwhat = 1', "多出"),
        ('fact_id = "F"\nnumerator = ["centres"]\non = 2025-01-01\n[[compare]]\nfact_id = "F"\n'
         'numerator = ["centres"]\non = 2025-01-01', "编号重复"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "published.toml"
    path.write_text(f"[needs]\n[[compare]]\n{text}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        load_published(path)
