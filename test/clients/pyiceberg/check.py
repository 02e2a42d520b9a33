"""What PyIceberg sees of the tables of a local cloud, and does to them. Usage: check.py <endpoint> read|write"""

import datetime
import json
import sys

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.types import LongType

endpoint, task = sys.argv[1:]
settings = {
    f"{service}.{key}": value
    for service in ("glue", "s3")
    for key, value in {
        "endpoint": endpoint,
        "access-key-id": "test",
        "secret-access-key": "test",
        "region": "eu-central-1",
    }.items()
}
catalog = load_catalog("local", type="glue", **settings)


def read():
    orders = catalog.load_table(("shop", "orders"))
    day = orders.scan(row_filter="at >= '2026-11-22T00:00:00'")
    return {
        "rows": sorted(orders.scan().to_arrow().to_pylist(), key=lambda row: row["id"]),
        "at day": sorted(row["id"] for row in day.to_arrow().to_pylist()),
        "files at day": len(list(day.plan_files())),
        "files by id": len(list(orders.scan(row_filter="id = 'b'").plan_files())),
        "snapshots": [snapshot.summary.operation.value for snapshot in orders.snapshots()],
        "first": sorted(
            row["id"] for row in orders.scan(snapshot_id=orders.snapshots()[0].snapshot_id).to_arrow().to_pylist()
        ),
    }


def write():
    orders = catalog.load_table(("shop", "orders"))
    with orders.update_schema() as update:
        update.add_column(("total", "tax"), LongType())
        update.rename_column("n", "quantity")
    moment = datetime.datetime(2026, 11, 24, 12, 0, 0, 123456)
    total = {"amount": 9, "currency": "EUR", "tax": 2}
    row = {"id": "p", "quantity": 7, "at": moment, "total": total, "lines": [{"sku": "y"}]}
    orders.append(pa.Table.from_pylist([row], schema=orders.schema().as_arrow()))
    orders.delete("id = 'a'")
    return [snapshot.summary.operation.value for snapshot in orders.snapshots()]


print(json.dumps({"read": read, "write": write}[task](), default=str))
