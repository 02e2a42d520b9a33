-- assert: in its first month all of a cohort are active, later no more than that
SELECT cohort_month FROM {{mart}}
WHERE months_since < 0 OR active > customers OR (months_since = 0 AND active <> customers)

-- assert: the cohorts together are the customers who have bought
SELECT m.customers
FROM (SELECT coalesce(sum(customers), 0) AS customers FROM {{mart}} WHERE months_since = 0) AS m
CROSS JOIN (
  SELECT count(DISTINCT customer_id) AS customers FROM {{orders}} WHERE status <> 'cancelled' AND placed_at <= {{as_of}}
) AS o
WHERE m.customers <> o.customers
