-- name: abandoned_carts
-- question: Which visits left something in their cart, and for how long?
-- refresh: never
-- key: left_at, session_id
-- reads: cart_updated, orders
WITH carts AS (
  SELECT
    session_id,
    max(customer_id) AS customer_id,
    max(event_time) AS left_at,
    max_by(items, event_time) AS items
  FROM {{cart_updated}}
  GROUP BY session_id
)
SELECT
  c.left_at,
  c.session_id,
  c.customer_id,
  reduce(c.items, CAST(0 AS bigint), (units, item) -> units + item.quantity, units -> units) AS units,
  date_diff('hour', c.left_at, {{as_of}}) AS hours
FROM carts AS c
LEFT JOIN {{orders}} AS o ON o.customer_id = c.customer_id AND o.placed_at >= c.left_at
WHERE o.id IS NULL AND any_match(c.items, item -> item.quantity > 0)
