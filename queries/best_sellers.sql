-- name: best_sellers
-- question: Which ten products of each category sold most in the last 28 days?
-- refresh: never
-- key: category, place
-- reads: products, orders, order_lines
SELECT category, place, product_id, name, units, amount, currency
FROM (
  SELECT
    p.category,
    row_number() OVER (PARTITION BY p.category ORDER BY sum(l.quantity) DESC, p.id, l.currency) AS place,
    p.id AS product_id,
    p.name,
    sum(l.quantity) AS units,
    sum(l.amount) AS amount,
    l.currency
  FROM {{order_lines}} AS l
  JOIN {{orders}} AS o ON o.id = l.order_id
  JOIN {{products}} AS p ON p.id = l.product_id
  WHERE o.status <> 'cancelled' AND o.placed_at > date_add('day', -28, {{as_of}}) AND o.placed_at <= {{as_of}}
  GROUP BY p.category, p.id, p.name, l.currency
)
WHERE place <= 10
