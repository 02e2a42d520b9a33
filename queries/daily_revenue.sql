-- name: daily_revenue
-- question: What did we earn each day, by currency and category?
-- refresh: every
-- key: day, currency, category
-- publish: group:staff, scope:insights.read
-- reads: orders, order_lines, products
-- column day: Day the orders were placed on, UTC
-- column currency: ISO 4217 code
-- column category: Shelf of the product, unknown for one that is gone
-- column orders: Orders with a line of this category
-- column units: Pieces bought
-- column amount: What they cost, in whole minor units such as cents
SELECT
  CAST(o.placed_at AS date) AS day,
  l.currency,
  coalesce(p.category, 'unknown') AS category,
  count(DISTINCT o.id) AS orders,
  sum(l.quantity) AS units,
  sum(l.amount) AS amount
FROM {{orders}} AS o
JOIN {{order_lines}} AS l ON l.order_id = o.id
LEFT JOIN {{products}} AS p ON p.id = l.product_id
WHERE o.status <> 'cancelled'
GROUP BY CAST(o.placed_at AS date), l.currency, coalesce(p.category, 'unknown')
