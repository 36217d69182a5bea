"""Reason codes and the one Chinese sentence of each; the codes are stable and documented."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Reason:
    """What a code means and what to do about it; the place is put before the sentence."""

    code: str
    sentence_zh: str
    scope: str = "row"  # "file", "row", "both" or "warning"


_REASONS = (
    # A file that cannot be trusted as a whole.
    Reason("EMPTY", "文件里没有数据行，请重新导出后再放入", "file"),
    Reason("ENCODING", "文字编码既不是UTF-8也不是GB18030，请另存为UTF-8格式后重新放入", "both"),
    Reason("MOJIBAKE", "文字是乱码（编码转换错误），请从原系统重新导出", "both"),
    Reason("DELIMITER", "列之间的分隔符不被接受，请用逗号、制表符或分号分隔", "file"),
    Reason("QUOTING", "引号不成对，请检查该处的双引号", "both"),
    Reason("TRUNCATED", "文件不完整（末尾被截断），请重新导出或重新传输", "file"),
    Reason("CORRUPT", "文件已损坏，打不开，请重新导出或重新传输", "file"),
    Reason("ENCRYPTED", "文件设有密码，请取消密码后重新放入", "file"),
    Reason(
        "WRONG_FORMAT",
        "不是可以读取的表格，或内容与扩展名不符，请另存为XLSX或CSV后重新放入",
        "file",
    ),
    Reason(
        "RESOURCE_LIMIT",
        "文件过大或有远处的零星单元格，超过读取限额，请按月拆分，或清除表格以外的单元格",
        "file",
    ),
    Reason(
        "UNSAFE_ARCHIVE",
        "文件内部结构异常，为安全起见没有打开，请用Excel或WPS打开后另存为XLSX",
        "file",
    ),
    Reason("SHEET_AMBIGUOUS", "分不清应读哪一张工作表，请只保留一张数据表", "file"),
    Reason("HEADER_MISSING", "缺少必需的列，请对照填报模板补上表头", "file"),
    Reason("HEADER_DUPLICATE", "表头中有重复的列，请删去多余的一列", "file"),
    Reason("HEADER_EXTRA", "有不认识的列，未读取", "warning"),
    Reason("SCHEMA_TYPE", "列的数据类型不被接受，请改为文本或数字", "file"),
    # A row that is refused; the others of the file go through.
    Reason(
        "RAGGED",
        "列数与表头不一致，请检查该行是否多了或少了分隔符；内容里有逗号时，整格要加英文双引号",
    ),
    Reason("CONTROL_CHAR", "含有不可见的控制字符，请删除后重填"),
    Reason(
        "BAD_TEXT",
        "写法不对：编码只用字母、数字和短横线等，不含空格、公式；其他列按填报模板的说明填写，请改正",
    ),
    Reason("FIELD_TOO_LONG", "内容过长，请检查是否串列"),
    # In lists of events; in registers and tables such a row is a remark, as is a hidden sheet.
    Reason("NONDATA_ROW", "不是数据行（合计、签名、重复表头等），未读取"),
    Reason("MISSING_VALUE", "必填项为空，请补填", "both"),
    Reason("BAD_NUMBER", "不是可读的数字，请只填阿拉伯数字（金额最多两位小数，负数不用括号）"),
    Reason("PRECISION_LOSS", "编码被当作数字保存，末几位已丢失，请把该列设为文本后重新导出"),
    Reason("RANGE", "数值超出允许的范围，请核对"),
    Reason("AMOUNT_RANGE", "金额超出合理范围或正负号不对，请核对"),
    Reason("AMOUNT_IDENTITY", "金额各项与总费用对不上（基金、账户、现金相加应等于总费用），请核对"),
    Reason("NEGATIVE_UNEXPLAINED", "金额为负而没有冲销标志，请补填冲销标志和原结算单号"),
    Reason(
        "REFUND_ORPHAN",
        "冲销找不到同一县区、在它之前的原结算单，或原单余额不足，请核对冲销标志和原结算单号",
    ),
    Reason("BAD_DATE", "日期无法识别或不完整，请改为2025-06-30的写法"),
    Reason("FUTURE_DATE", "日期晚于数据截止日期，请核对"),
    Reason("DATE_ORDER", "日期先后颠倒，请核对开始和结束日期"),
    Reason("AGE_RANGE", "年龄不在0至120岁之间，请核对"),
    Reason("ID_INVALID", "证件号码的位数、出生日期或校验位不对，请核对"),
    Reason("UNKNOWN_CODE", "编码、名称或选项查不到，请核对写法；新增的机构和区划请先登记"),
    Reason("REGION_LEVEL", "区划代码的级别不对，应填六位县级代码，不填市、省或乡镇的"),
    Reason("REGION_PERIOD", "区划代码在该日期不在用（尚未启用，或停用后没有现行代码），请核对"),
    Reason("CODE_NAME_CONFLICT", "编码与名称对不上，请核对是哪一个错了"),
    Reason("DUPLICATE_ROW", "与另一行完全相同，只保留一行"),
    Reason("DUPLICATE_KEY", "编号与另一行重复而内容不同，只保留一行"),
    Reason("OVERLAP", "同一地区同一月份有两个文件，内容不一致又没有批次号，请注明上报批次"),
    Reason("CELL_ERROR", "单元格是公式错误（如#DIV/0!），请改正公式或直接填写"),
    Reason("FORMULA_NO_VALUE", "公式没有保存计算结果，请用Excel或WPS打开并保存一次"),
    Reason("HIDDEN_SHEET", "隐藏的工作表未读取，需要时请取消隐藏后重新放入"),
    # Taken, with a remark.
    Reason("HIDDEN_ROWS", "含有隐藏的行，已读取", "warning"),
    Reason("REGION_STALE", "区划代码已停用，按现行代码统计", "warning"),
)

REASONS: dict[str, Reason] = {reason.code: reason for reason in _REASONS}
DUPLICATES = ("DUPLICATE_ROW", "DUPLICATE_KEY")
# Reported as DUPLICATE_KEY, since the list of codes is fixed, but told in words of its own.
REPLACED = Reason("REPLACED", "所在月份已被新批次替换，只采用新批次")


def file_message(file: str, code: str, note: str = "") -> str:
    """Say in one sentence why a file was refused: what, where, what to do."""
    extra = f"（{note}）" if note else ""
    return f"文件{file}未采用：{REASONS[code].sentence_zh}{extra}。"


def row_message(*, file: str, sheet: str, row: str, column: str, reason: str) -> pl.Expr:
    """Say in one sentence why a row was refused, from the columns that hold its parts.

    The offending value is not part of the sentence; it stands in its own column, where allowed.
    """
    told = (*REASONS.values(), REPLACED)
    sentences = {item.code: item.sentence_zh for item in told}
    return pl.concat_str(
        pl.lit("文件"),
        pl.col(file),
        _named("，工作表“", sheet, "”"),
        pl.lit("，第"),
        pl.col(row).cast(pl.String),
        pl.lit("行"),
        _named("，“", column, "”列"),
        pl.lit("："),
        pl.col(reason).replace_strict(sentences, default="未采用", return_dtype=pl.String),
        pl.lit("。"),
    )


def _named(before: str, column: str, after: str) -> pl.Expr:
    name = pl.concat_str(pl.lit(before), pl.col(column), pl.lit(after))
    return pl.when(pl.col(column).is_null()).then(pl.lit("")).otherwise(name)
