"""The staged tables by name, and the contract of each."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from pipeline.contracts import staging as contracts
from pipeline.errors import ContractError

SETTLEMENTS, REFERRALS = "settlements", "referrals"
SCHEMAS: dict[str, type[dy.Schema]] = {
    "institutions": contracts.StagedInstitution,
    "settlements": contracts.AcceptedSettlement,
    "referrals": contracts.StagedReferral,
    "clinics": contracts.StagedClinic,
    "devices": contracts.StagedDevice,
    "contracts": contracts.StagedContract,
    "contract_groups": contracts.StagedContractGroup,
    "population": contracts.StagedPopulation,
    "income": contracts.StagedIncome,
    "activity": contracts.StagedActivity,
    "targets": contracts.StagedTarget,
}
_TABLES = {"equipment": ("devices",), "contracts": ("contracts", "contract_groups")}


def tables_of(source: str) -> tuple[str, ...]:
    """Return the tables that a source is staged to."""
    return _TABLES.get(source, (source,))


def valid(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Check a staged table against its contract; names first, since extra ones pass silently."""
    schema = SCHEMAS[name]
    if frame.columns != schema.column_names():
        raise ContractError(f"暂存表{name}的列与约定不符，这是程序错误，请报告。")
    try:
        return schema.validate(frame)
    except dy.exc.ValidationError as error:
        raise ContractError(f"暂存表{name}不符合约定：{error}。这是程序错误，请报告。") from error
