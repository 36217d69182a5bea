"""Raw files to staged tables with their ledger: read, stage, account, write."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl

from pipeline import accounts as ledger
from pipeline.catalog.sources import SOURCE_IDS, sources
from pipeline.contracts import staging as contracts
from pipeline.errors import ContractError, StorageError
from pipeline.ingest.batch import FileResult, Progress, SourceRows, quiet, read_sources
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.persons import load_key
from pipeline.reference import Reference
from pipeline.staging.references import references_of
from pipeline.staging.run import Staged, stage_source

SCHEMAS: dict[str, type[dy.Schema]] = {
    "institutions": contracts.StagedInstitution,
    "settlements": contracts.StagedSettlement,
    "referrals": contracts.StagedReferral,
    "clinics": contracts.StagedClinic,
    "devices": contracts.StagedDevice,
    "contracts": contracts.StagedContract,
    "contract_groups": contracts.StagedContractGroup,
    "population": contracts.StagedPopulation,
    "activity": contracts.StagedActivity,
    "targets": contracts.StagedTarget,
}
# The register comes first: the others look institutions up in it.
ORDER = ("institutions", *(s for s in SOURCE_IDS if s != "institutions"))
QUARANTINE = "quarantine"
NO_DAY = date(1970, 1, 1)
_SORTED_BY = {
    "settlements": ("insured_county", "institution_code", "service_date", "settlement_id"),
}
_CODE_FIRST = re.compile(r"^(\d{4})\d{2}(?=[_\-])")


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What a run took in: staged tables by name, the ledger, the refused rows."""

    tables: Mapping[str, pl.LazyFrame]
    ledger_files: pl.DataFrame
    ledger_cells: pl.DataFrame
    rejected: pl.DataFrame
    as_of: date


@dataclass(frozen=True, kw_only=True)
class Examined:
    """An intake in memory, before anything is written."""

    accepted: dict[str, pl.DataFrame]
    ledger_files: pl.DataFrame
    ledger_cells: pl.DataFrame
    rejected: pl.DataFrame
    as_of: date


def raw_files(raw: Path) -> list[RawFile]:
    """List the raw files of all sources, by source and name."""
    return [
        file
        for source in SOURCE_IDS
        if (raw / source).is_dir()
        for file in find_files(raw / source, source, root=raw)
    ]


def latest_day(read: Mapping[str, SourceRows]) -> date:
    """Return the as-of date of the data: the last day that files as a whole speak of.

    One mistyped year must not set it, so each file of settlements speaks up to the end of its main
    month at most, a monthly report up to the end of its month, and an extract for its date.

    Raises:
        SourceError: no file says any date.
    """
    days: list[date | None] = []
    for source, column in (("settlements", "settled_on"), ("referrals", "referred_on")):
        day = pl.col(column)
        main_end = day.dt.month_end().mode().max()
        latest = day.filter(day <= (main_end if source == "settlements" else day.quantile(0.999)))
        narrow = read[source].rows.select("_file", "_reason", column)
        files = narrow.filter(pl.col("_reason").is_null()).group_by("_file")
        days += files.agg(latest=latest.max())["latest"].to_list()
    for source, id_ in ((s.id, s.extract_column or s.month_column) for s in sources().values()):
        if id_ is not None:
            day = pl.col(id_).dt.month_end() if id_ == "month" else pl.col(id_)
            files = read[source].rows.group_by("_file")
            days += files.agg(latest=day.mode().max())["latest"].to_list()
    return max((day for day in days if day is not None), default=NO_DAY)


def _with_origin(source: SourceRows, *, cities: Mapping[str, str]) -> pl.DataFrame:
    """Add what a file's name says to its rows: batch, series, city. A batch column goes first."""
    origin = pl.DataFrame(
        [(r.file_id, r.file.batch, r.file.series, _city_of(r.file, cities)) for r in source.files],
        schema={
            "_file": pl.UInt32,
            "_batch": pl.Int64,
            "_series": pl.String,
            "_city": pl.String,
        },
        orient="row",
    )
    rows = source.rows.join(origin, on="_file", how="left", validate="m:1", maintain_order="left")
    if "batch" in rows.columns:
        rows = rows.with_columns(_batch=pl.coalesce("batch", "_batch"))
    return rows


def _city_of(file: RawFile, cities: Mapping[str, str]) -> str | None:
    code = _CODE_FIRST.match(file.path.name)
    if code:
        return f"{code.group(1)}00"
    return next((cities[name] for name in cities if name in file.path.name), None)


def examine(
    files: Sequence[RawFile],
    *,
    reference: Reference,
    as_of: date | None = None,
    progress: Progress = quiet,
    key: bytes | None = None,
    register: pl.DataFrame | None = None,
) -> Examined:
    """Read, stage and account files without writing anything.

    `register` stands for the institution register where the files bring none.

    Raises:
        ContractError: the accounts do not balance, or a staged table broke its contract.
    """
    read = read_sources(files, key=key or load_key(), progress=progress)
    as_of = as_of or latest_day(read)
    references = references_of(reference, as_of=as_of)
    if register is not None:
        references = references.with_register(register)
    cities = _city_names(reference.areas)
    accepted: dict[str, pl.DataFrame] = {}
    parts: list[tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]] = []
    for done, source in enumerate(ORDER, 1):
        # Given away, so that the rows of a large source are not held twice.
        source_rows = read.pop(source)
        results, height = source_rows.files, source_rows.rows.height
        rows = [_with_origin(source_rows, cities=cities)]
        del source_rows
        staged = stage_source(source, rows.pop(), references=references)
        if source == "institutions" and staged.accepted["institutions"].height:
            references = references.with_register(staged.accepted["institutions"])
        accepted |= {name: _valid(name, frame) for name, frame in staged.accepted.items()}
        parts.append(_accounted(source, results, staged, as_of=as_of))
        progress("stage", done, len(ORDER), height)
    return _examined(accepted, parts, as_of=as_of)


def _examined(
    accepted: dict[str, pl.DataFrame],
    parts: Sequence[tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]],
    *,
    as_of: date,
) -> Examined:
    files, cells, rejected = zip(*parts, strict=True)
    return Examined(
        accepted=accepted,
        ledger_files=pl.concat(files).sort("file_id"),
        ledger_cells=pl.concat(cells).sort("file_id", "county_code", "month"),
        rejected=pl.concat(rejected).sort("file_id", "sheet", "row"),
        as_of=as_of,
    )


def _city_names(areas: pl.DataFrame) -> dict[str, str]:
    cities = areas.filter(
        (pl.col("area_level") == "city") & pl.col("area_name").str.ends_with("市")
    )
    return dict(cities.sort("area_code").select("area_name", "area_code").iter_rows())


def _accounted(
    source: str, files: Sequence[FileResult], staged: Staged, *, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    rows = ledger.all_accounts(staged.accounts, files)
    return (
        ledger.ledger_files(source, files, rows, staged.replaced),
        ledger.ledger_cells(source, files, rows, as_of=as_of),
        ledger.rejected_rows(source, files, rows),
    )


def _valid(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Check a staged table against its contract; names first, since extra ones pass silently."""
    schema = SCHEMAS[name]
    if frame.columns != schema.column_names():
        raise ContractError(f"暂存表{name}的列与约定不符，这是程序错误，请报告。")
    try:
        return schema.validate(frame)
    except dy.exc.ValidationError as error:
        raise ContractError(f"暂存表{name}不符合约定：{error}。这是程序错误，请报告。") from error


def take_in(
    raw: Path,
    staged: Path,
    *,
    reference: Reference,
    as_of: date | None = None,
    progress: Progress = quiet,
    key: bytes | None = None,
) -> Intake:
    """Take the raw folder in: staged Parquet below `staged`, refused rows in quarantine beside it.

    Settlements are one file a service month (`ym=YYYYMM/part.parquet`), the rest one file each.

    Raises:
        StorageError: a folder cannot be written.
        ContractError: a fault of ours.
    """
    examined = examine(raw_files(raw), reference=reference, as_of=as_of, progress=progress, key=key)
    try:
        tables = {name: _written(staged, name, frame) for name, frame in examined.accepted.items()}
        quarantine = _private(staged.parent / QUARANTINE)
        examined.rejected.write_parquet(quarantine / "rejected.parquet", mkdir=False)
    except OSError as error:
        raise StorageError(
            f"暂存数据写不进{staged}：{error.strerror}。请检查磁盘空间和权限。"
        ) from error
    return Intake(
        tables=tables,
        ledger_files=examined.ledger_files,
        ledger_cells=examined.ledger_cells,
        rejected=examined.rejected,
        as_of=examined.as_of,
    )


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _written(staged: Path, name: str, frame: pl.DataFrame) -> pl.LazyFrame:
    """Write one staged table afresh and return it as a scan."""
    folder = _private(staged) / name
    shutil.rmtree(folder, ignore_errors=True)
    _private(folder)
    key = _SORTED_BY.get(name) or [
        c for c in frame.columns if c != "file_id" and frame.schema[c] != pl.Boolean()
    ]
    frame = frame.sort(key)
    if name != "settlements":
        frame.write_parquet(folder / "part.parquet")
        return pl.scan_parquet(folder / "part.parquet")
    months = frame.with_columns(ym=pl.col("service_date").dt.strftime("%Y%m"))
    for (ym,), part in months.partition_by("ym", as_dict=True, include_key=False).items():
        month = _private(folder / f"ym={ym}")
        part.write_parquet(month / "part.parquet")
    if frame.is_empty():
        return frame.lazy()
    return pl.scan_parquet(folder / "ym=*" / "part.parquet", hive_partitioning=False)
