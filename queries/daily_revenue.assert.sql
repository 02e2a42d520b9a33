-- assert: each day, currency and category stands once
SELECT day, currency, category FROM {{mart}} GROUP BY day, currency, category HAVING count(*) > 1

-- assert: nothing is missing
SELECT day FROM {{mart}}
WHERE day IS NULL OR currency IS NULL OR category IS NULL OR orders IS NULL OR units IS NULL OR amount IS NULL

-- assert: amounts add up to the totals of the orders
SELECT coalesce(m.currency, o.currency) AS currency
FROM (SELECT currency, sum(amount) AS amount FROM {{mart}} GROUP BY currency) AS m
FULL OUTER JOIN (
  SELECT total_currency AS currency, sum(total_amount) AS amount
  FROM {{orders}} WHERE status <> 'cancelled' GROUP BY total_currency
) AS o ON m.currency = o.currency
WHERE m.amount IS DISTINCT FROM o.amount
