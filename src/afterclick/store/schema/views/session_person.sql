-- Whose visit it is: `person` is 0 for a visit without a user and a device, and until the job has seen it.
CREATE VIEW session_person AS
SELECT
    site,
    session_start,
    session_id,
    device_id,
    user_id,
    device_class,
    counted,
    bitXor(dictGet('people', 'turn', bitAnd(node, 4294967295)), toUInt32(node)) AS person
FROM session_felt
