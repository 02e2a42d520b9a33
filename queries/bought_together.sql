-- name: bought_together
-- question: Which products are bought in one order, and how much more often than by chance?
-- refresh: never
-- key: first_id, second_id
-- reads: orders, order_lines
WITH bought AS (
  SELECT DISTINCT l.order_id, l.product_id
  FROM {{order_lines}} AS l
  JOIN {{orders}} AS o ON o.id = l.order_id
  WHERE o.status <> 'cancelled'
), counts AS (
  SELECT product_id, count(*) AS orders FROM bought GROUP BY product_id
), pairs AS (
  SELECT a.product_id AS first_id, b.product_id AS second_id, count(*) AS orders
  FROM bought AS a
  JOIN bought AS b ON b.order_id = a.order_id AND b.product_id > a.product_id
  GROUP BY a.product_id, b.product_id
)
SELECT
  p.first_id,
  p.second_id,
  p.orders,
  p.orders * CAST(t.orders AS double) / (f.orders * s.orders) AS lift
FROM pairs AS p
JOIN counts AS f ON f.product_id = p.first_id
JOIN counts AS s ON s.product_id = p.second_id
CROSS JOIN (SELECT count(DISTINCT order_id) AS orders FROM bought) AS t
WHERE p.orders > 1
