-- name: cohort_retention
-- question: Of the customers who first bought in a month, how many bought again in each month after?
-- refresh: daily
-- key: cohort_month, months_since
-- publish: group:staff, scope:insights.read
-- reads: orders
-- column cohort_month: Month of the first order, UTC
-- column months_since: Months from the first order, 0 for its own
-- column customers: Customers of the cohort
-- column active: Those of them who bought in this month
-- column retention: Their share
WITH bought AS (
  SELECT DISTINCT customer_id, date_trunc('month', placed_at) AS month
  FROM {{orders}}
  WHERE status <> 'cancelled' AND placed_at <= {{as_of}}
), cohorts AS (
  SELECT customer_id, min(month) AS cohort_month FROM bought GROUP BY customer_id
), sizes AS (
  SELECT cohort_month, count(*) AS customers FROM cohorts GROUP BY cohort_month
)
SELECT
  CAST(c.cohort_month AS date) AS cohort_month,
  date_diff('month', c.cohort_month, b.month) AS months_since,
  s.customers,
  count(*) AS active,
  count(*) / CAST(s.customers AS double) AS retention
FROM bought AS b
JOIN cohorts AS c ON c.customer_id = b.customer_id
JOIN sizes AS s ON s.cohort_month = c.cohort_month
GROUP BY c.cohort_month, date_diff('month', c.cohort_month, b.month), s.customers
