-- assert: every product is there, and no other
SELECT coalesce(m.product_id, p.id) AS product_id
FROM {{mart}} AS m FULL OUTER JOIN {{products}} AS p ON m.product_id = p.id
WHERE m.product_id IS NULL OR p.id IS NULL

-- assert: counts and risk are known
SELECT product_id FROM {{mart}} WHERE stock IS NULL OR stock < 0 OR sold_7_days > sold_28_days OR risk IS NULL
