-- assert: nobody takes a step before the one in front of it
SELECT day FROM {{mart}}
WHERE paid > placed OR placed > carted OR carted > viewed OR viewed < 1
  OR seconds_to_cart < 0 OR seconds_to_order < 0

-- assert: a share is known where somebody came so far
SELECT day FROM {{mart}}
WHERE viewed_to_carted IS NULL OR (carted > 0) = (carted_to_placed IS NULL) OR (placed > 0) = (placed_to_paid IS NULL)

-- assert: there are no more visitors than visits
SELECT m.viewed
FROM (SELECT sum(viewed) AS viewed FROM {{mart}}) AS m
CROSS JOIN (SELECT count(DISTINCT session_id) AS visits FROM {{product_viewed}}) AS e
WHERE m.viewed > e.visits
