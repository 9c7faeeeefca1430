"""Answers the tests' questions, one JSON line for each."""

import datetime
import json
import sys

from django.core.management.base import BaseCommand
from elasticsearch8 import dsl as esdsl
from elasticsearch_metrics.registry import djelme_registry
from elasticsearch_metrics.util.anon_enough import opaque_key, opaque_sessionhour_id
from elasticsearch_metrics.util.timeparts import GregorianTime, serialize_timeparts
from elasticsearch_metrics.util.timeseries_naming import (
    TimeseriesIndexNaming,
    format_template_name,
)


def recordtype(name):
    return djelme_registry.get_recordtype("interop", name)


def instant(text):
    return datetime.datetime.fromisoformat(text)


def bound(given):
    """Time parts are given as a list, a date as text."""
    return datetime.date.fromisoformat(given) if isinstance(given, str) else tuple(given)


def values(cls, fields):
    """Instants and dates are given as text."""

    def value_of(name, given):
        field = cls._doc_type.mapping.resolve_field(name)
        if given is None or not isinstance(field, esdsl.Date):
            return given
        if field.to_dict().get("format") == "yyyy-MM-dd":
            return datetime.date.fromisoformat(given)
        return instant(given)

    return {name: value_of(name, given) for name, given in fields.items()}


def as_json(record):
    return json.loads(json.dumps(record.to_dict(), default=lambda value: value.isoformat()))


def template(type):
    found = recordtype(type).get_timeseries_template()
    return {"name": found._template_name, "body": found.to_dict()}


def simple_index(type):
    index = recordtype(type)._index
    return {"name": index._name, "body": index.to_dict()}


def record(type, fields, arguments=None):
    """Saves a record; `arguments` are those of `record` that are no fields."""
    cls = recordtype(type)
    saved = cls.record(**values(cls, fields), **(arguments or {}))
    return {"index": saved.meta.index, "id": saved.meta.id}


def document(type, fields, arguments=None):
    """What would be stored."""
    cls = recordtype(type)
    made = cls.record(using=False, **values(cls, fields), **(arguments or {}))
    made.full_clean()
    return {"index": made.djelme_index_name(), "id": getattr(made.meta, "id", None), "fields": as_json(made)}


def get(type, index, id):
    return as_json(recordtype(type).get(id=id, index=index))


def search(type, between=None):
    cls = recordtype(type)
    found = cls.search() if between is None else cls.search_timeseries_range(*map(bound, between))
    return [
        {"index": hit.meta.index, "id": hit.meta.id, "fields": as_json(hit)}
        for hit in found.extra(size=1000).execute()
    ]


def refresh(type):
    recordtype(type).refresh()


def indexes(type):
    return [[status.index_name, status.is_expired] for status in recordtype(type).each_existing_index()]


def create_index(type, name):
    recordtype(type)._get_connection().indices.create(index=name)


def index_name(app, name, parts, depth, prefix):
    naming = TimeseriesIndexNaming(app, name, tuple(parts), GregorianTime(depth), prefix=prefix)
    parsed = TimeseriesIndexNaming.parse(str(naming), GregorianTime(depth), prefix=prefix)
    return [str(naming), naming.to_str(wildcard=True), prefix + format_template_name(app, name), parsed.timeparts]


def timeparts(given, depth, pad, truncate):
    return serialize_timeparts(GregorianTime(depth).get_timeparts(given, pad=pad, truncate=truncate))


def key(parts):
    read = {"date": datetime.date.fromisoformat, "instant": instant}
    values = (next(iter(part.items())) for part in parts)
    return opaque_key([read.get(kind, lambda value: value)(value) for kind, value in values])


def session(timestamp, **visitor):
    return opaque_sessionhour_id(timestamp=instant(timestamp), **visitor)


def cases(of, cases):
    """One function for many inputs: what it returns, or what it says."""
    function = globals()[of]

    def result(case):
        try:
            return {"ok": function(**case)}
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}"}

    return [result(case) for case in cases]


QUESTIONS = (template, simple_index, record, document, get, search, refresh, indexes, create_index, cases)


class Command(BaseCommand):
    help = "Answer the questions of the interop tests."

    def handle(self, *args, **options):
        questions = {question.__name__: question for question in QUESTIONS}
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                answer = {"ok": questions[asked.pop("ask")](**asked)}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
