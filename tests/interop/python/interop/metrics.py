"""The record types that Rust has too, in `tests/tests/interop/records.rs`."""

import datetime

from elasticsearch8 import dsl as esdsl
from elasticsearch_metrics import DAILY, MONTHLY, YEARLY
from elasticsearch_metrics.imps.elastic8 import (
    CountedUsageRecord,
    CyclicReport,
    EventRecord,
    SimpleRecord,
)

path_tree = esdsl.analyzer(
    "path_tree",
    tokenizer=esdsl.tokenizer("path_tree", "path_hierarchy", delimiter="/"),
)


class WebEvent(EventRecord):
    service: str

    class Index:
        settings = {"number_of_shards": 1, "refresh_interval": "-1"}

    class Meta:
        abstract = True


class Visitor(esdsl.InnerDoc):
    country: str
    age: int | None


class Link(esdsl.InnerDoc):
    target: str
    clicks: int


class PageView(WebEvent):
    path: str = esdsl.mapped_field(
        esdsl.Text(analyzer=path_tree, fields={"raw": esdsl.Keyword()})
    )
    referrer: str | None
    status: int
    bytes_sent: int = esdsl.mapped_field(esdsl.Long())
    seconds: float
    ratio: float | None = esdsl.mapped_field(esdsl.Double())
    is_bot: bool
    day: datetime.date | None
    client_ip: str | None = esdsl.mapped_field(esdsl.Ip())
    tags: list[str]
    visitor: Visitor | None
    links: list[Link]

    class Meta:
        timeseries_index_timedepth = MONTHLY


class ErrorLine(EventRecord):
    message: str

    class Meta:
        timeseries_index_timedepth = DAILY
        timeseries_index_expiration = datetime.timedelta(days=30)


class ItemUsage(CountedUsageRecord):
    action: str

    class Meta:
        timeseries_index_timedepth = MONTHLY


class MonthlyUsage(CyclicReport):
    CYCLE_TIMEDEPTH = MONTHLY
    UNIQUE_TOGETHER_FIELDS = ("cycle_coverage", "item")

    item: str
    views: int

    class Meta:
        timeseries_index_timedepth = YEARLY


class Preference(SimpleRecord):
    UNIQUE_TOGETHER_FIELDS = ("user", "key")

    user: str
    key: str
    value: int
