-- name: stock_out_risk
-- question: Which products will be out of stock soon, at the pace they sell?
-- refresh: every
-- key: product_id
-- publish: group:staff, scope:insights.read
-- reads: products, orders, order_lines
-- column product_id: The product
-- column name: Name on the shelf
-- column category: Shelf the product stands on
-- column stock: Pieces that can be sold now
-- column sold_7_days: Pieces sold in the last 7 days
-- column sold_28_days: Pieces sold in the last 28 days
-- column sold_per_day: The faster pace of the two
-- column days_left: Days the stock lasts at that pace, null when none is sold
-- column risk: out, high under 7 days, medium under 28, low, or none when none is sold
WITH sold AS (
  SELECT
    l.product_id,
    sum(IF(o.placed_at > date_add('day', -7, {{as_of}}), l.quantity, 0)) AS sold_7_days,
    sum(l.quantity) AS sold_28_days
  FROM {{orders}} AS o
  JOIN {{order_lines}} AS l ON l.order_id = o.id
  WHERE o.status <> 'cancelled' AND o.placed_at > date_add('day', -28, {{as_of}}) AND o.placed_at <= {{as_of}}
  GROUP BY l.product_id
), pace AS (
  SELECT
    p.id AS product_id,
    p.name,
    p.category,
    p.stock,
    coalesce(s.sold_7_days, 0) AS sold_7_days,
    coalesce(s.sold_28_days, 0) AS sold_28_days,
    greatest(coalesce(s.sold_7_days, 0) / 7e0, coalesce(s.sold_28_days, 0) / 28e0) AS sold_per_day
  FROM {{products}} AS p
  LEFT JOIN sold AS s ON s.product_id = p.id
)
SELECT
  product_id,
  name,
  category,
  stock,
  sold_7_days,
  sold_28_days,
  sold_per_day,
  IF(sold_per_day > 0, stock / sold_per_day) AS days_left,
  CASE
    WHEN stock = 0 THEN 'out'
    WHEN sold_per_day = 0 THEN 'none'
    WHEN stock / sold_per_day < 7 THEN 'high'
    WHEN stock / sold_per_day < 28 THEN 'medium'
    ELSE 'low'
  END AS risk
FROM pace
