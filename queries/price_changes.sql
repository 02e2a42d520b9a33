-- name: price_changes
-- question: When did the price of a product change, from what to what?
-- refresh: never
-- key: changed_at, product_id
-- reads: products_history
SELECT changed_at, product_id, name, amount_before, amount, currency
FROM (
  SELECT
    valid_from AS changed_at,
    id AS product_id,
    name,
    lag(price_amount) OVER (PARTITION BY id ORDER BY change_sequence) AS amount_before,
    price_amount AS amount,
    lag(price_currency) OVER (PARTITION BY id ORDER BY change_sequence) AS currency_before,
    price_currency AS currency
  FROM {{products_history}}
  WHERE change_operation <> 'remove'
)
WHERE amount_before <> amount OR currency_before <> currency
