"""Three ways of writing the same settlement: in words, in codes, and as the interface names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipeline.demo.persons import document_number, member_number, name_expr
from pipeline.demo.rawfile import GB18030, UTF8, UTF8_BOM, money

PLACES = ("本地", "市内异地", "省内异地", "跨省异地")
CARE_WORDS = ("住院", "门诊慢特病", "普通门诊", "药店购药", "生育住院")
INPATIENT_AWAY = "转外诊治住院"
CARE_CODES = ("21", "14", "11", "41", "52")
LEVEL_CODES = {
    "三级甲等": "01",
    "三级乙等": "02",
    "二级甲等": "05",
    "二级乙等": "06",
    "一级甲等": "08",
}


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """A dialect: how it is rendered, its encoding, and the headers the defects need."""

    name: str
    encoding: str
    render: Callable[[pl.DataFrame], pl.DataFrame]
    person_number: Callable[[], pl.Expr]
    identifier: str
    person: str
    insured: str
    care: str
    settled: str
    total: str
    fund: str


def _word(column: str, vocabulary: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict(
        list(range(len(vocabulary))), list(vocabulary), return_dtype=pl.String
    )


def _care(vocabulary: tuple[str, ...], away: str) -> pl.Expr:
    """Write the care type; the inpatient of another place is often coded as such."""
    sent = (pl.col("care") == 0) & (pl.col("tier") > 0) & (pl.col("chance") % 3 == 0)
    return pl.when(sent).then(pl.lit(away)).otherwise(_word("care", vocabulary))


def _number(prefix: str = "") -> pl.Expr:
    """Identify a row; a reversal has a number of its own."""
    cancelled = pl.concat_str(pl.lit(f"{prefix}C"), "number")
    right = pl.concat_str(pl.lit(prefix), "number")
    return pl.when(pl.col("sign") < 0).then(cancelled).otherwise(right)


def _is_reversal(no: str, yes: str) -> pl.Expr:
    return pl.when(pl.col("sign") < 0).then(pl.lit(yes)).otherwise(pl.lit(no))


def _original(prefix: str = "") -> pl.Expr:
    return pl.when(pl.col("sign") < 0).then(pl.concat_str(pl.lit(prefix), "number"))


def _split(facts: pl.DataFrame) -> pl.DataFrame:
    """Part the cost: the fund with serious-illness cover, the account, and cash."""
    rest = pl.col("total") - pl.col("fund")
    return facts.with_columns(
        fund_total=pl.col("fund") + rest // 12,
        account=pl.when(pl.col("employee") == 1).then(rest // 5).otherwise(0),
    ).with_columns(cash=pl.col("total") - pl.col("fund_total") - pl.col("account"))


def _age() -> pl.Expr:
    return (pl.col("ended").dt.year() - pl.col("birth_year")).clip(0, 105)


def _iso(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("%Y-%m-%d")


def _spoken(facts: pl.DataFrame) -> pl.DataFrame:
    return _split(facts).select(
        _number().alias("结算ID"),
        member_number().alias("个人编号"),
        name_expr().alias("姓名"),
        _word("female", ("男", "女")).alias("性别"),
        _age().cast(pl.String).alias("年龄"),
        pl.col("insured").alias("参保地区划代码"),
        _word("employee", ("城乡居民", "职工")).alias("险种类型"),
        pl.col("provider_code").alias("定点医药机构编号"),
        pl.col("provider_name").alias("定点医药机构名称"),
        pl.col("level").alias("医院等级"),
        _word("tier", PLACES).alias("医药机构地点类别"),
        pl.col("care_area").alias("就医地"),
        _care(CARE_WORDS, INPATIENT_AWAY).alias("医疗类别"),
        _iso("started").alias("开始日期"),
        _iso("ended").alias("结束日期"),
        _iso("settled").alias("结算日期"),
        money("total").alias("总费用"),
        money("fund_total").alias("基金支付总额"),
        money("fund").alias("统筹基金支出"),
        money("account").alias("个人账户支付"),
        money("cash").alias("个人现金支付"),
        pl.col("disease_code").alias("疾病编码"),
        pl.col("disease_name").alias("病种名称"),
        _is_reversal("否", "是").alias("冲销标志"),
        _original().alias("原结算单号"),
        pl.col("township").alias("乡镇"),
        _word("resettled", ("无", "异地安置")).alias("特殊人员类型"),
    )


def _coded(facts: pl.DataFrame) -> pl.DataFrame:
    day = "%Y%m%d"
    return _split(facts).select(
        _number("41").alias("结算单号"),
        document_number().alias("证件号码"),
        name_expr().alias("人员姓名"),
        (pl.col("female") + 1).cast(pl.String).alias("性别"),
        pl.concat_str("birth_year", pl.lit("-01-01")).alias("出生日期"),
        pl.col("insured").alias("参保地"),
        _word("employee", ("390", "310")).alias("险种类型"),
        pl.col("provider_code").alias("就诊机构编码"),
        pl.col("provider_name").alias("就诊机构名称"),
        pl.col("care_area").alias("就医地行政区划代码"),
        _care(CARE_CODES, "23").alias("医疗类别"),
        pl.col("started").dt.to_string(day).alias("入院日期"),
        pl.col("ended").dt.to_string(day).alias("出院日期"),
        pl.col("settled").dt.to_string(day).alias("结算日期"),
        money("total").alias("医疗费总额"),
        money("fund").alias("统筹基金支付"),
        money("cash").alias("现金支付"),
        pl.col("disease_code").alias("主要诊断"),
        _is_reversal("0", "1").alias("冲销标志"),
        _original("41").alias("原结算单号"),
        _word("resettled", ("否", "是")).alias("异地安置"),
    )


def _interface(facts: pl.DataFrame) -> pl.DataFrame:
    moment = "%Y-%m-%d 10:30:00"
    return _split(facts).select(
        _number("S").alias("setl_id"),
        member_number().alias("psn_no"),
        name_expr().alias("psn_name"),
        (pl.col("female") + 1).cast(pl.String).alias("gend"),
        _age().cast(pl.String).alias("age"),
        pl.col("insured").alias("insuplc_admdvs"),
        _word("employee", ("390", "310")).alias("insutype"),
        pl.col("provider_code").alias("fixmedins_code"),
        pl.col("provider_name").alias("fixmedins_name"),
        pl.col("level").replace_strict(LEVEL_CODES, default="11").alias("hosp_lv"),
        pl.col("care_area").alias("mdtrtarea_admvs"),
        _care(CARE_CODES, "25").alias("med_type"),
        pl.col("started").dt.to_string(moment).alias("adm_time"),
        pl.col("ended").dt.to_string(moment).alias("dscg_time"),
        pl.col("settled").dt.to_string(moment).alias("setl_time"),
        money("total").alias("medfee_sumamt"),
        money("fund_total").alias("fund_pay_sumamt"),
        money("fund").alias("hifp_pay"),
        money("account").alias("acct_pay"),
        money("cash").alias("psn_cash_pay"),
        pl.col("disease_code").alias("diag_code"),
        pl.col("disease_name").alias("diag_name"),
        _is_reversal("0", "1").alias("refd_setl_flag"),
        _original("S").alias("init_setl_id"),
    )


DIALECTS: dict[str, Dialect] = {
    "words": Dialect(
        name="words",
        encoding=UTF8_BOM,
        render=_spoken,
        person_number=member_number,
        identifier="结算ID",
        person="个人编号",
        insured="参保地区划代码",
        care="医疗类别",
        settled="结算日期",
        total="总费用",
        fund="统筹基金支出",
    ),
    "codes": Dialect(
        name="codes",
        encoding=GB18030,
        render=_coded,
        person_number=document_number,
        identifier="结算单号",
        person="证件号码",
        insured="参保地",
        care="医疗类别",
        settled="结算日期",
        total="医疗费总额",
        fund="统筹基金支付",
    ),
    "interface": Dialect(
        name="interface",
        encoding=UTF8,
        render=_interface,
        person_number=member_number,
        identifier="setl_id",
        person="psn_no",
        insured="insuplc_admdvs",
        care="med_type",
        settled="setl_time",
        total="medfee_sumamt",
        fund="hifp_pay",
    ),
}
