"""The institutions of the demonstration world: invented, with the dates a register carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pipeline.demo import calibration as cal
from pipeline.demo.randomness import split, stream
from pipeline.demo.world import (
    CITY_HOSPITAL,
    COMMUNITY_CENTRE,
    COUNTY_HOSPITAL,
    PHARMACY,
    STATION,
    TOWNSHIP_CENTRE,
    County,
    Institution,
    Site,
    Township,
)


def register(site: Site, *, seed: int) -> tuple[Institution, ...]:
    """Invent all institutions of a site whose counties are known."""
    members = [i for county in site.counties for i in _institutions(county, seed=seed)]
    hospitals = _city_hospitals(site) if site.is_city else []
    return (*_with_standards(site, members, seed), *hospitals)


def institution_code(county: str, number: int) -> str:
    """Return an invented code: H, six digits of the county, five of the institution."""
    area = "610902" if county == "6109HK" else county
    return f"H{area}{number:05d}"


def _institutions(county: County, *, seed: int) -> list[Institution]:
    """List a county's hospitals and centres with their consortium; standards come later."""
    groups = cal.CONSORTIA.get(county.code, 1)
    names = [f"{county.short}第{'一二三'[g]}医共体" for g in range(groups)]
    if groups == 1:
        names = [f"{county.short}紧密型县域医共体"]
    rng = stream(seed, "consortia", county.code)
    started = date(2019, 6, 1) + timedelta(days=int(rng.integers(0, 500)))
    hospitals = _county_hospitals(county)
    members = max(groups, len(hospitals) - cal.HOSPITALS_OUTSIDE.get(county.code, 0))
    placed = []
    for position, institution in enumerate((*hospitals, *_centres(county))):
        if len(hospitals) > position >= members:
            placed.append(institution)
            continue
        group = position % groups
        placed.append(
            replace(
                institution,
                consortium_code=f"YGT{county.code}{group + 1:02d}",
                consortium_name=names[group],
                is_lead=position < groups,
                joined_on=started,
            )
        )
    return [*placed, *_pharmacies(county)]


def _pharmacies(county: County) -> list[Institution]:
    return [
        Institution(
            code=institution_code(county.code, 30001 + n),
            name=f"{county.short}示例第{'一二'[n]}大药房",
            kind=PHARMACY,
            level="无等级",
            county_code=county.code,
            opened_on=date(2010 + n, 3, 1),
        )
        for n in range(2)
    ]


def _county_hospitals(county: County) -> list[Institution]:
    kinds: tuple[str, ...] = ("示例总医院", "示例中医院", "示例妇幼保健院", "示例第二医院")
    if county.code in cal.COUNTY_HOSPITALS:
        kinds = kinds[: cal.COUNTY_HOSPITALS[county.code]]
    else:
        outside = cal.HOSPITALS_OUTSIDE.get(county.code, 0)
        kinds = kinds[: cal.COUNTY_HOSPITALS_DEFAULT + outside]
    levels = ("三级乙等", "二级甲等", "二级甲等", "二级乙等")
    return [
        Institution(
            code=institution_code(county.code, n + 1),
            name=f"{county.name}{kind}",
            kind=COUNTY_HOSPITAL,
            level="二级甲等" if len(kinds) == 1 else levels[n],
            county_code=county.code,
            opened_on=date(1985 + 3 * n, 10, 1),
        )
        for n, kind in enumerate(kinds)
    ]


def _city_hospitals(site: Site) -> list[Institution]:
    """Place the city's own hospitals in its first districts; they belong to no consortium."""
    kinds = ("示例中心医院", "示例第一人民医院", "示例肿瘤医院")
    return [
        Institution(
            code=institution_code(county.code, 80 + n),
            name=f"{site.name}{kind}",
            kind=CITY_HOSPITAL,
            level="三级甲等",
            county_code=county.code,
            opened_on=date(1978, 1, 1),
        )
        for n, (kind, county) in enumerate(zip(kinds, site.counties * 3, strict=False))
    ]


def _centre_names(county: County) -> list[tuple[Township, str, str]]:
    """List the centres of a county as township, kind and name."""
    found: list[tuple[Township, str, str]] = []
    streets = 0
    for township in county.townships:
        if township.name.endswith(("镇", "乡")) or township.code in cal.FARMS_WITH_CENTRE:
            found.append((township, TOWNSHIP_CENTRE, f"{township.name}示例卫生院"))
        elif not township.name.endswith("街道"):
            continue
        elif county.code in cal.STREETS_WITH_TOWNSHIP_CENTRE:
            found.append((township, TOWNSHIP_CENTRE, f"{township.name}示例卫生院"))
        elif streets < cal.COMMUNITY_CENTRES.get(county.code, 99):
            streets += 1
            found.append((township, COMMUNITY_CENTRE, f"{township.name}示例社区卫生服务中心"))
        if cal.SECOND_CENTRES.get(county.code) == township.code:
            found.append((township, TOWNSHIP_CENTRE, f"{township.name}示例第二卫生院"))
    if county.code == "6109HK":
        found = [
            (county.townships[0], TOWNSHIP_CENTRE, f"恒口示例第{'一二三'[n]}卫生院")
            for n in range(cal.HENGKOU_CENTRES)
        ]
    return found


def _centres(county: County) -> list[Institution]:
    named = _centre_names(county)
    weights = [township.weight for township, _, _ in named]
    shares = [n / 1_000_000 for n in split(1_000_000, weights)]
    return [
        Institution(
            code=institution_code(county.code, 10001 + n),
            name=name,
            kind=kind,
            level="一级甲等",
            county_code=county.code,
            township_code=township.code,
            township_name=township.name,
            opened_on=date(1990 + n % 12, 5, 1),
            weight=shares[n],
        )
        for n, (township, kind, name) in enumerate(named)
    ]


def _with_standards(site: Site, members: list[Institution], seed: int) -> list[Institution]:
    """Give every centre its dates: standards, sub-centres, models and TCM clinics."""
    rng = stream(seed, "standards", site.code)
    centres = [i for i, institution in enumerate(members) if institution.is_centre]
    order = [int(n) for n in rng.permutation(len(centres))]
    reached = cal.RECOMMENDED if site.code == "410200" else round(0.56 * len(centres))
    models = cal.FIVE_HUNDRED if site.code == "410200" else round(0.09 * len(centres))
    found = list(members)
    for place, rank in zip(centres, order, strict=True):
        found[place] = _standards(
            found[place], site, rank, reached=reached, models=models, total=len(centres)
        )
    sub_centres = {county.code: _sub_centres(site, county) for county in site.counties}
    for place in centres:
        dates = sub_centres[found[place].county_code]
        if dates and not found[place].name.endswith("服务中心"):
            found[place] = replace(found[place], sub_centre_on=dates.pop(0))
    return [*found, *_stations(site, found)]


def _between(first: date, last: date, share: float) -> date:
    return first + timedelta(days=round((last - first).days * share))


def _standards(
    centre: Institution, site: Site, rank: int, *, reached: int, models: int, total: int
) -> Institution:
    """Date one centre's standards: those of low rank reach them first."""
    basic_until = date(2024, 12, 20) if site.code == "410200" else date(2026, 3, 31)
    basic = _between(date(2019, 3, 15), basic_until, (rank + 0.5) / total)
    if rank < reached:
        recommended = _between(date(2020, 11, 1), date(2025, 6, 20), (rank + 0.5) / reached)
        recommended = max(recommended, basic + timedelta(days=45))
    else:
        recommended = _between(
            date(2025, 8, 1), date(2028, 12, 31), (rank - reached + 0.5) / (total - reached)
        )
    tcm_until = date(2022, 5, 31) if centre.county_code == "411326" else date(2026, 6, 30)
    return replace(
        centre,
        basic_on=basic,
        recommended_on=recommended,
        model_on=_between(date(2023, 9, 1), date(2025, 5, 30), (rank + 0.5) / models)
        if rank < models
        else None,
        tcm_clinic_on=_between(date(2017, 4, 1), tcm_until, (total - rank - 0.5) / total),
    )


def _sub_centres(site: Site, county: County) -> list[date]:
    if site.code == "410200":
        return list(cal.SUB_CENTRES.get(county.code, ()))
    if county.population > 700_000:
        return [date(2023, 12, 15), date(2025, 1, 20)][: 1 + county.population // 950_000]
    return [date(2024, 10, 30)] if county.population > 450_000 else []


def _stations(site: Site, members: list[Institution]) -> list[Institution]:
    """Open the new community stations of 开封 under its community centres, year after year."""
    if site.code != "410200":
        return []
    parents = [i for i in members if i.kind == COMMUNITY_CENTRE]
    return [
        Institution(
            code=institution_code(parent.county_code, 20001 + n),
            name=f"{parent.township_name}第{n // len(parents) + 1}示例社区卫生服务站",
            kind=STATION,
            level="无等级",
            county_code=parent.county_code,
            township_code=parent.township_code,
            township_name=parent.township_name,
            opened_on=_between(date(2022, 7, 20), date(2025, 6, 10), n / (cal.STATIONS - 1)),
        )
        for n, parent in enumerate((parents * cal.STATIONS)[: cal.STATIONS])
    ]
