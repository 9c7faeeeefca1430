"""Sends departures with helpers.bulk, as plain dicts or as record objects; prints seconds by the clock and of the processor."""

import base64, csv, datetime, sys, time, uuid

way, url, prefix, file, count = sys.argv[1:]
count = int(count)

import django.conf

django.conf.settings.configure(
    INSTALLED_APPS=["elasticsearch_metrics.apps.ElasticsearchMetricsConfig"],
    USE_TZ=True,
    DJELME_BACKENDS={
        "main": {
            "elasticsearch_metrics.imps.elastic8": {
                "hosts": url,
                "djelme_default_index_name_prefix": prefix,
            }
        }
    },
)
django.setup()

from elasticsearch8 import Elasticsearch, helpers
from elasticsearch_metrics.imps import elastic8


class Departure(elastic8.EventRecord):
    carrier: str
    flight: int
    tail_number: str | None
    origin: str
    destination: str
    dep_delay: int | None
    distance: int

    class Meta:
        app_label = "bench"
        timeseries_index_timedepth = 2


def row(cells):
    at = datetime.datetime.fromisoformat(cells["time_hour"].replace("Z", "+00:00"))
    known = lambda text: None if text == "NA" else text
    delay = known(cells["dep_delay"])
    return {
        "carrier": cells["carrier"],
        "flight": int(cells["flight"]),
        "tail_number": known(cells["tailnum"]),
        "origin": cells["origin"],
        "destination": cells["dest"],
        "dep_delay": None if delay is None else int(delay),
        "distance": int(cells["distance"]),
        "timestamp": at + datetime.timedelta(minutes=int(cells["minute"])),
    }


with open(file, newline="") as lines:
    first = [row(cells) for cells in csv.DictReader(lines)]
rows = [first[number % len(first)] for number in range(count)]


def action(row):
    at = row["timestamp"]
    return {
        "_op_type": "create",
        "_index": f"{prefix}bench_departure_{at.year}.{at.month}.",
        "_id": base64.urlsafe_b64encode(uuid.uuid4().bytes)[:22].decode(),
        "timeseries_timeparts": f"{at.year}.{at.month}.{at.day}.{at.hour}.{at.minute}.{at.second}",
        **row,
    }


wall, processor = time.perf_counter(), time.process_time()
if way == "dicts":
    with Elasticsearch(url) as client:
        stored, _ = helpers.bulk(client, map(action, rows), chunk_size=1000)
else:
    records = (Departure.record(using=False, **row) for row in rows)
    stored, _ = Departure.bulk(records, chunk_size=1000)
assert stored == count, stored
print(time.perf_counter() - wall, time.process_time() - processor)
