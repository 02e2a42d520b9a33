-- name: cancellations
-- question: What share of the orders of each month was cancelled, and how soon?
-- refresh: never
-- key: month
-- reads: orders, orders_history
SELECT
  CAST(date_trunc('month', o.placed_at) AS date) AS month,
  count(*) AS orders,
  count(c.cancelled_at) AS cancelled,
  count(c.cancelled_at) / CAST(count(*) AS double) AS share,
  approx_percentile(date_diff('minute', o.placed_at, c.cancelled_at), 0.5) AS median_minutes
FROM {{orders}} AS o
LEFT JOIN (
  SELECT id, min(valid_from) AS cancelled_at FROM {{orders_history}} WHERE status = 'cancelled' GROUP BY id
) AS c ON c.id = o.id
GROUP BY date_trunc('month', o.placed_at)
