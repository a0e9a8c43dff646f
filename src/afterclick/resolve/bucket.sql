-- name: bucket
-- When the bucket of a grid begins that a time `at` lies in (UTC ms): buckets widen with age.
multiIf(
    at >= {fine_from:Int64}, intDiv(at, {fine:Int64}) * {fine:Int64},
    at >= {middle_from:Int64}, intDiv(at, {middle:Int64}) * {middle:Int64},
    at >= {coarse_from:Int64}, intDiv(at, {coarse:Int64}) * {coarse:Int64},
    intDiv(at, {coarsest:Int64}) * {coarsest:Int64}
)
