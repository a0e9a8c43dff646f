-- name: exchanged
-- What rates converted of the revenue of a period, by the currency that it was told in.
SELECT
    one.currency AS currency,
    any(one.into) AS into,
    toFloat64(sum(one.told)) AS told,
    toFloat64(sum(one.paid)) AS paid,
    toString(min(one.day)) AS since,
    toString(max(one.day)) AS until
FROM (
    SELECT arrayJoin(visits_counted.exchanged) AS one
    FROM visits_counted
    WHERE site = {site:String}
        AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND session_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
)
GROUP BY currency
ORDER BY currency;
