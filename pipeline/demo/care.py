"""Types of care: how often, by whom, at what cost, for which diseases."""

from __future__ import annotations

from dataclasses import dataclass

# Positions of care types and destination tiers in every table of this package.
INPATIENT, CHRONIC, OUTPATIENT, PHARMACY, MATERNITY = range(5)
SAME_COUNTY, SAME_CITY, SAME_PROVINCE, OTHER_PROVINCE = range(4)


@dataclass(frozen=True, kw_only=True)
class Care:
    """One type of care: how often a year per insured, by whom, what it costs the fund."""

    code: int
    yearly: float
    lean: float
    cost: float  # mean fen; 0: by the hospital's level
    fund_share: float
    away: float  # share treated away; 0: the site's rate
    diseases: tuple[tuple[int, float], ...]  # position in DISEASES, weight


DISEASES: tuple[tuple[str, str], ...] = (
    ("I10.x00", "原发性高血压"),
    ("I25.101", "冠状动脉粥样硬化性心脏病"),
    ("I63.900", "脑梗死"),
    ("J18.900", "肺炎"),
    ("J44.900", "慢性阻塞性肺病"),
    ("E11.900", "2型糖尿病"),
    ("M51.202", "腰椎间盘突出"),
    ("K29.500", "慢性胃炎"),
    ("S72.000", "股骨颈骨折"),
    ("C34.900", "肺恶性肿瘤"),
    ("C50.900", "乳腺恶性肿瘤"),
    ("N18.900", "慢性肾脏病"),
    ("H25.900", "老年性白内障"),
    ("K80.200", "胆囊结石"),
    ("I61.900", "脑出血"),
    ("I21.900", "急性心肌梗死"),
    ("J06.900", "急性上呼吸道感染"),
    ("O80.900", "单胎顺产"),
    ("O82.900", "剖宫产分娩"),
    ("Z51.102", "恶性肿瘤化学治疗"),
)
_STAYS = (9, 11, 15, 10, 9, 6, 7, 4, 4, 4, 2, 4, 5, 4, 3, 2, 0, 0, 0, 5)
# How much more often than others a disease's inpatients leave the county: tumours and infarctions
# do, chronic obstruction does not. The rest leave as their county does.
LEAVES: dict[int, float] = {9: 2.6, 10: 3.0, 15: 2.2, 14: 1.6, 19: 2.0, 8: 1.5, 13: 1.2, 4: 0.5}
LEAVES |= {0: 0.5, 3: 0.6, 7: 0.5, 12: 0.7, 2: 0.8}
CARES: tuple[Care, ...] = (
    Care(
        code=INPATIENT,
        yearly=0.185,
        lean=1.9,
        cost=0,
        fund_share=0,
        away=0,
        diseases=tuple(enumerate(_STAYS)),
    ),
    Care(
        code=CHRONIC,
        yearly=0.11,
        lean=2.4,
        cost=26_000,
        fund_share=0.66,
        away=0.05,
        diseases=((0, 9), (5, 6), (2, 4), (1, 3), (11, 1), (4, 2)),
    ),
    Care(
        code=OUTPATIENT,
        yearly=0.055,
        lean=1.2,
        cost=9_500,
        fund_share=0.42,
        away=0.07,
        diseases=((16, 9), (7, 3), (0, 2), (6, 2)),
    ),
    Care(
        code=PHARMACY,
        yearly=0.03,
        lean=1.3,
        cost=8_000,
        fund_share=0.3,
        away=0.02,
        diseases=((0, 3), (5, 2)),
    ),
    Care(
        code=MATERNITY,
        yearly=0.007,
        lean=-1,
        cost=420_000,
        fund_share=0.55,
        away=0,
        diseases=((17, 6), (18, 4)),
    ),
)
