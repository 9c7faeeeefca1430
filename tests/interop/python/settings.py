"""Settings of the interop tests; the test names the server and the prefix of all names in the environment."""

import os

SECRET_KEY = "only for tests"
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = ["elasticsearch_metrics", "interop"]

DJELME_BACKENDS = {
    "main": {
        "elasticsearch_metrics.imps.elastic8": {
            "hosts": os.environ.get("DJELME_INTEROP_URL", "http://localhost:9200"),
            "djelme_default_index_name_prefix": os.environ.get("DJELME_INTEROP_PREFIX", ""),
        },
    },
}
