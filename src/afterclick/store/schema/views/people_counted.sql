-- Whose visits those are that figures are made of; `person` is never nobody.
CREATE VIEW people_counted AS
SELECT *
FROM session_person
WHERE counted AND person != 0
