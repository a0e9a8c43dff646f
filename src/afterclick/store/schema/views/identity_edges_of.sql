-- The same id that stands for nobody ("null", "guest") would make one person of everybody who sends it.
-- A previous id may be a user's or a device's: as a device it falls under the guard for shared devices like any other.
-- What a bot or a program sends joins nobody: it may carry the ids of several people.
-- [card] stands where privacy took digits out of a hash for a card number: the same in every event, so still the same node.
CREATE MATERIALIZED VIEW identity_edges_of TO identity_edges AS
WITH
    bitShiftLeft(toUInt64(1), 63) AS as_user,
    bitShiftLeft(toUInt64(1), 62) AS as_other,
    ['null', 'undefined', 'none', 'nil', 'nan', 'anonymous', 'guest', 'unknown', 'true', 'false', '0', '-1', '[object object]', '[email]', '[phone]', '[token]'] AS nobody,
    user_id != '' AND NOT has(nobody, lower(user_id)) AS has_user,
    bitOr(sipHash64(site, user_id), as_user) AS user,
    device_id != '' AND NOT has(nobody, lower(device_id)) AS has_device,
    bitOr(bitShiftRight(sipHash64(site, device_id), 2), as_other) AS device,
    if(type = 'identify', JSONExtractString(props, 'previous_id'), '') AS previous,
    previous NOT IN ('', user_id) AND NOT has(nobody, lower(previous)) AS has_previous,
    if(type = 'identify', lower(JSONExtractString(props, 'email_hash')), '') AS email_hash,
    match(email_hash, '^([0-9a-f]|\\[card\\]){40,64}$')
        AND email_hash != 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' AS has_email, -- of no address
    arrayFilter(edge -> edge.1 > 0, [
        (toUInt8(has_device AND has_user), device, user),
        (toUInt8(has_previous AND has_user), bitOr(bitShiftRight(sipHash64(site, previous), 2), as_other), user),
        (toUInt8(if(has_previous AND has_user, 2, 0)), bitOr(sipHash64(site, previous), as_user), user),
        (toUInt8(if(has_email AND has_user, 3, 0)), bitOr(bitShiftRight(sipHash64(site, 'email', email_hash), 2), as_other), user)
    ]) AS edges
SELECT
    site,
    edge.1 AS kind,
    edge.2 AS one,
    edge.3 AS other,
    max(events.time) AS last
FROM events
ARRAY JOIN edges AS edge
WHERE device_class NOT IN {left_out:Array(String)}
GROUP BY site, kind, one, other
