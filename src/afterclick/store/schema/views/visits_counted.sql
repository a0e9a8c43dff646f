-- The visits that figures are made of. `visit_keys`: its dimensions as "dimension=value", those that are told.
CREATE VIEW visits_counted AS
SELECT
    *,
    arrayFilter(key -> NOT endsWith(key, '='), arrayMap(
        (name, value) -> concat(name, '=', value),
        {visit_dimensions:Array(String)}, [{visit_dimensions:Columns}])) AS visit_keys
FROM session_felt
WHERE counted
