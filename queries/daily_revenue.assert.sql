-- assert: nothing is missing
SELECT day FROM {{mart}}
WHERE orders IS NULL OR units IS NULL OR amount IS NULL

-- assert: amounts add up to the totals of the orders
SELECT coalesce(m.currency, o.currency) AS currency
FROM (SELECT currency, sum(amount) AS amount FROM {{mart}} GROUP BY currency) AS m
FULL OUTER JOIN (
  SELECT total_currency AS currency, sum(total_amount) AS amount
  FROM {{orders}} WHERE status <> 'cancelled' GROUP BY total_currency
) AS o ON m.currency = o.currency
WHERE m.amount IS DISTINCT FROM o.amount
