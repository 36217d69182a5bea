"""The same tables by DuckDB, from the same staged files."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bench.settled_world import PRIMARY_EVERY

ROWS = """
create view rows as select *, cast(date_trunc('month', service_date) as date) as month,
  year(service_date) as year, care_type in (0, 4) as is_admission
from read_parquet('{world}/staged/settlements/*/part.parquet', hive_partitioning=false)
"""
ADDITIVE = {
    "visits": """
        select insured_county, service_date, destination_tier, care_type,
          institution_code % {primary_every} = 0 and destination_tier = 0 as is_primary,
          is_admission and is_resettled as is_resettled,
          cast(sum(sign) as bigint) as settlements, cast(sum(total_fen) as bigint) as total_fen,
          cast(sum(fund_fen) as bigint) as fund_fen
        from rows group by all""",
    "flows": """
        select insured_county, care_area, destination_tier, care_type, month,
          case when is_admission then hospital_level end as hospital_level,
          cast(sum(sign) as bigint) as settlements, cast(sum(total_fen) as bigint) as total_fen,
          cast(sum(fund_fen) as bigint) as fund_fen
        from rows group by all""",
    "referred": """
        select insured_county, care_area, service_date, destination_tier, care_type,
          cast(sum(sign) as bigint) as settlements
        from rows where is_admission and destination_tier <> 0 and exists (
          select 1 from '{world}/referrals.parquet' r where r.person_key = rows.person_key
            and r.referred_on between rows.service_date - 30 and rows.service_date)
        group by all""",
    "cases": """
        select insured_county, destination_tier, disease_category, age_band, year,
          cast(sum(sign) as bigint) as settlements, cast(sum(fund_fen) as bigint) as fund_fen
        from rows where is_admission group by all
        having sum(sign) <> 0 or sum(fund_fen) <> 0""",
}
# A person counts where something is left after reversals. First one row a person and county:
# joining every visit to three levels costs half as much again.
PERSONS = """
with county as (
  select insured_county, destination_tier, year, person_key, sum(sign) as net,
    coalesce(sum(sign) filter (is_admission), 0) as admitted
  from rows where care_type <> 3 group by all),
area as (
  select ancestor_code, destination_tier, year, person_key, sum(net) as net,
    sum(admitted) as admitted
  from county join lineage using (insured_county) group by all)
select ancestor_code, destination_tier, year,
  cast(count(*) filter (net > 0) as bigint) as persons,
  cast(count(*) filter (admitted > 0) as bigint) as persons_admitted
from area group by all having count(*) filter (net > 0) > 0
"""


def duckdb_tables(world: Path, lineage: pl.DataFrame, *, persons: bool) -> dict[str, pl.DataFrame]:
    """Return the additive tables and, if asked for, the distinct persons."""
    import duckdb

    connection = duckdb.connect()
    connection.register("lineage", lineage.to_arrow())
    connection.execute(ROWS.format(world=world))
    queries = {**ADDITIVE, **({"persons": PERSONS} if persons else {})}
    return {
        name: pl.DataFrame(
            connection.sql(query.format(world=world, primary_every=PRIMARY_EVERY)).to_arrow_table()
        )
        for name, query in queries.items()
    }
