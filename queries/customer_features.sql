-- name: customer_features
-- question: How recently, how often and for how much has each customer bought?
-- refresh: daily
-- key: customer_id, currency
-- reads: orders
-- column customer_id: The customer
-- column currency: ISO 4217 code
-- column as_of: The instant the row knows nothing after
-- column recency_days: Whole days since the last order
-- column frequency: Orders
-- column monetary: What they cost, in whole minor units such as cents
-- column tenure_days: Whole days since the first order
-- column mean_gap_days: Mean days between orders, null for one order
SELECT
  customer_id,
  total_currency AS currency,
  {{as_of}} AS as_of,
  date_diff('day', max(placed_at), {{as_of}}) AS recency_days,
  count(*) AS frequency,
  sum(total_amount) AS monetary,
  date_diff('day', min(placed_at), {{as_of}}) AS tenure_days,
  CASE WHEN count(*) > 1
    THEN date_diff('day', min(placed_at), max(placed_at)) / CAST(count(*) - 1 AS double)
  END AS mean_gap_days
FROM {{orders}}
WHERE placed_at <= {{as_of}} AND status <> 'cancelled'
GROUP BY customer_id, total_currency
