-- Of all sites: a rate is of one site, and is looked up under it.

-- name: stated
SELECT stated FROM exchange_rates LIMIT 1
