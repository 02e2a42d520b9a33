-- name: order_funnel
-- question: Of those who first viewed a product on a day, how many filled a cart, ordered and paid, and how fast?
-- refresh: every
-- key: day
-- publish: group:staff, scope:insights.read
-- reads: product_viewed, cart_updated, orders, orders_history
-- column day: Day of the first view, UTC
-- column viewed: Visitors: customers where the visit tells who it was, else visits
-- column carted: Those of them who then put something into their cart
-- column placed: Those of them who then ordered
-- column paid: Those of them whose first order since was paid
-- column viewed_to_carted: Share of those who viewed
-- column carted_to_placed: Share of those with a cart
-- column placed_to_paid: Share of those who ordered
-- column seconds_to_cart: Median from the first view to the cart
-- column seconds_to_order: Median from the cart to the order
-- column seconds_to_payment: Median from the order to its payment
WITH visits AS (
  SELECT session_id, coalesce('customer ' || min(customer_id), 'visit ' || session_id) AS visitor
  FROM (
    SELECT session_id, customer_id FROM {{product_viewed}}
    UNION ALL
    SELECT session_id, customer_id FROM {{cart_updated}}
  )
  GROUP BY session_id
), viewed AS (
  SELECT v.visitor, min(e.event_time) AS viewed_at
  FROM {{product_viewed}} AS e
  JOIN visits AS v ON v.session_id = e.session_id
  GROUP BY v.visitor
), carted AS (
  SELECT v.visitor, min(e.event_time) AS carted_at
  FROM {{cart_updated}} AS e
  JOIN visits AS s ON s.session_id = e.session_id
  JOIN viewed AS v ON v.visitor = s.visitor AND v.viewed_at <= e.event_time
  WHERE any_match(e.items, item -> item.quantity > 0)
  GROUP BY v.visitor
), placed AS (
  SELECT c.visitor, min_by(o.id, o.placed_at) AS order_id, min(o.placed_at) AS placed_at
  FROM {{orders}} AS o
  JOIN carted AS c ON c.visitor = 'customer ' || o.customer_id AND c.carted_at <= o.placed_at
  GROUP BY c.visitor
), paid AS (
  SELECT p.visitor, min(h.valid_from) AS paid_at
  FROM {{orders_history}} AS h
  JOIN placed AS p ON p.order_id = h.id
  WHERE h.status IN ('paid', 'shipped', 'delivered')
  GROUP BY p.visitor
)
SELECT
  CAST(v.viewed_at AS date) AS day,
  count(*) AS viewed,
  count(c.carted_at) AS carted,
  count(p.placed_at) AS placed,
  count(d.paid_at) AS paid,
  count(c.carted_at) / CAST(count(*) AS double) AS viewed_to_carted,
  count(p.placed_at) / CAST(nullif(count(c.carted_at), 0) AS double) AS carted_to_placed,
  count(d.paid_at) / CAST(nullif(count(p.placed_at), 0) AS double) AS placed_to_paid,
  approx_percentile(date_diff('second', v.viewed_at, c.carted_at), 0.5) AS seconds_to_cart,
  approx_percentile(date_diff('second', c.carted_at, p.placed_at), 0.5) AS seconds_to_order,
  approx_percentile(date_diff('second', p.placed_at, d.paid_at), 0.5) AS seconds_to_payment
FROM viewed AS v
LEFT JOIN carted AS c ON c.visitor = v.visitor
LEFT JOIN placed AS p ON p.visitor = v.visitor
LEFT JOIN paid AS d ON d.visitor = v.visitor
GROUP BY CAST(v.viewed_at AS date)
