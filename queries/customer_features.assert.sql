-- assert: nobody knows the future
SELECT customer_id FROM {{mart}} WHERE recency_days < 0 OR tenure_days < recency_days

-- assert: whoever is there has bought
SELECT customer_id FROM {{mart}} WHERE frequency < 1 OR monetary IS NULL OR (frequency > 1) = (mean_gap_days IS NULL)

-- assert: orders and amounts add up
SELECT coalesce(m.currency, o.currency) AS currency
FROM (SELECT currency, sum(frequency) AS orders, sum(monetary) AS amount FROM {{mart}} GROUP BY currency) AS m
FULL OUTER JOIN (
  SELECT total_currency AS currency, count(*) AS orders, sum(total_amount) AS amount
  FROM {{orders}} WHERE status <> 'cancelled' AND placed_at <= {{as_of}} GROUP BY total_currency
) AS o ON m.currency = o.currency
WHERE m.orders IS DISTINCT FROM o.orders OR m.amount IS DISTINCT FROM o.amount
