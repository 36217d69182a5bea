"""The words that the contracts of several marts, counters and pages share."""

from __future__ import annotations

from pipeline.catalog import LEVELS

STATUSES = ("final", "provisional", "suppressed", "missing", "not_applicable")
AREA_LEVELS = LEVELS
# Added to a county's code: its residents whose rows name no township, in the marts of townships.
UNPLACED = "000"
# 乡镇卫生院、社区卫生服务中心: the institutions of which 三大件 are asked.
CENTRES = ("township_health_centre", "community_health_centre")
THREE_DEVICES = ("dr", "colour_ultrasound", "biochemistry_analyser")
VERDICTS = ("match", "explained", "unexplained", "not_computable")
