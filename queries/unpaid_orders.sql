-- name: unpaid_orders
-- question: Which orders have waited for their payment for more than a day?
-- refresh: never
-- key: placed_at, order_id
-- reads: orders
SELECT
  id AS order_id,
  customer_id,
  placed_at,
  date_diff('hour', placed_at, {{as_of}}) AS hours,
  total_amount AS amount,
  total_currency AS currency
FROM {{orders}}
WHERE status = 'placed' AND placed_at < date_add('day', -1, {{as_of}})
