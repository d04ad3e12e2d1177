-- Letters that wait for the post, until a server has taken them: one row for one letter to one recipient. What was
-- written never changes, and no letter leaves this table before it was sent; then its words are dropped, since they may
-- hold a link, and only that it was sent is kept. `next_try_at` is also the claim of whoever
-- is sending it: until then nobody else tries.

CREATE TABLE outbox (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given again, so that no letter is taken for another
    message_id  TEXT NOT NULL CHECK (message_id GLOB '<?*@?*>'),
    recipient   TEXT NOT NULL CHECK (recipient GLOB '?*@?*'),
    subject     TEXT NOT NULL,
    content     BLOB NOT NULL CHECK (typeof(content) = 'blob'),  -- all but the envelope; empty once it was sent
    written_at  TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'undeliverable', 'given up')),
    attempts    INTEGER NOT NULL CHECK (typeof(attempts) = 'integer' AND attempts >= 0),
    refusals    INTEGER NOT NULL CHECK (typeof(refusals) = 'integer' AND refusals BETWEEN 0 AND attempts),
    next_try_at TEXT NOT NULL,
    moved_at    TEXT NOT NULL,
    answer      TEXT NOT NULL,
    UNIQUE (message_id, recipient),
    CHECK ((state = 'sent') = (length(content) = 0))
);
CREATE INDEX outbox_of_state ON outbox (state, attempts, number);

CREATE TRIGGER outbox_starts_waiting BEFORE INSERT ON outbox
WHEN NEW.state <> 'waiting' OR NEW.attempts <> 0 OR NEW.answer <> ''
BEGIN SELECT RAISE(ABORT, 'a new letter has not been sent yet'); END;

-- INSERT OR REPLACE would take out a row without asking the trigger below.
CREATE TRIGGER outbox_never_replaced BEFORE INSERT ON outbox
WHEN EXISTS (
    SELECT 1 FROM outbox
    WHERE number = NEW.number OR (message_id = NEW.message_id AND recipient = NEW.recipient)
)
BEGIN SELECT RAISE(ABORT, 'a letter is never replaced'); END;

CREATE TRIGGER outbox_never_changes
BEFORE UPDATE ON outbox
WHEN (NEW.number, NEW.message_id, NEW.recipient, NEW.subject, NEW.written_at)
    IS NOT (OLD.number, OLD.message_id, OLD.recipient, OLD.subject, OLD.written_at)
    OR (NEW.content <> OLD.content AND NEW.state <> 'sent')
BEGIN SELECT RAISE(ABORT, 'what was written is never changed'); END;

CREATE TRIGGER outbox_leaves_when_sent BEFORE DELETE ON outbox
WHEN OLD.state <> 'sent'
BEGIN SELECT RAISE(ABORT, 'a letter that was not sent is never taken out'); END;

CREATE TRIGGER outbox_over_is_over BEFORE UPDATE ON outbox
WHEN OLD.state <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'this letter waits no more'); END;

CREATE TRIGGER outbox_sent_only_when_tried BEFORE UPDATE ON outbox
WHEN NEW.state <> 'waiting' AND (NEW.attempts = 0 OR NEW.attempts <> OLD.attempts)
BEGIN SELECT RAISE(ABORT, 'nobody has tried to send this letter'); END;

CREATE TRIGGER outbox_attempts_are_counted BEFORE UPDATE ON outbox
WHEN NEW.attempts NOT IN (OLD.attempts, OLD.attempts + 1) OR NEW.refusals < OLD.refusals
BEGIN SELECT RAISE(ABORT, 'attempts are counted one by one'); END;
