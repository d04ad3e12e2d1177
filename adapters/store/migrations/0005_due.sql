-- What was due on which day, and what became of it. A row is the proof that its day was taken up: it comes once, is never
-- taken out, and what is over stays over. The day from which the book counts is written once. Pay dates are what is
-- expected, and change as more is learned.

CREATE TABLE due (
    kind       TEXT NOT NULL CHECK (kind IN (
        'payday', 'dividend', 'cash', 'sweep', 'drift', 'year_end', 'send', 'reconcile', 'token', 'digest'
    )),
    name       TEXT NOT NULL,
    due_on     TEXT NOT NULL CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    why        TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('claimed', 'waiting', 'done', 'superseded', 'given_up')),
    tries      INTEGER NOT NULL CHECK (typeof(tries) = 'integer' AND tries >= 0),
    claimed_at TEXT NOT NULL,
    moved_at   TEXT NOT NULL,
    again_at   TEXT,
    note       TEXT NOT NULL,
    PRIMARY KEY (kind, name, due_on),
    CHECK ((state = 'waiting') = (again_at IS NOT NULL))
) WITHOUT ROWID;
CREATE INDEX due_of_day ON due (due_on);
CREATE INDEX due_open ON due (state) WHERE state IN ('claimed', 'waiting');

CREATE TABLE due_book (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    begun_on TEXT NOT NULL
);

CREATE TABLE pay_date (
    pay_on  TEXT NOT NULL,
    account TEXT NOT NULL,
    symbol  TEXT NOT NULL,
    source  TEXT NOT NULL CHECK (source IN ('by_hand', 'announced', 'learned', 'arrived')),
    PRIMARY KEY (pay_on, account, symbol)
) WITHOUT ROWID;

-- INSERT OR REPLACE would take out a row without asking the trigger below.
CREATE TRIGGER due_comes_once BEFORE INSERT ON due
WHEN EXISTS (SELECT 1 FROM due WHERE kind = NEW.kind AND name = NEW.name AND due_on = NEW.due_on)
BEGIN SELECT RAISE(ABORT, 'this due date is in the book already'); END;

CREATE TRIGGER due_is_bound BEFORE UPDATE OF kind, name, due_on, claimed_at ON due
BEGIN SELECT RAISE(ABORT, 'a due date is never changed'); END;

CREATE TRIGGER due_final_is_final BEFORE UPDATE ON due
WHEN OLD.state IN ('done', 'superseded', 'given_up')
BEGIN SELECT RAISE(ABORT, 'this due date is over'); END;

CREATE TRIGGER due_tries_only_grow BEFORE UPDATE ON due
WHEN NEW.tries < OLD.tries
BEGIN SELECT RAISE(ABORT, 'tries only grow'); END;

CREATE TRIGGER due_never_leaves BEFORE DELETE ON due
BEGIN SELECT RAISE(ABORT, 'a due date is never taken out'); END;

CREATE TRIGGER due_book_begins_once BEFORE UPDATE ON due_book
BEGIN SELECT RAISE(ABORT, 'the day from which the book counts is written once'); END;

CREATE TRIGGER due_book_never_leaves BEFORE DELETE ON due_book
BEGIN SELECT RAISE(ABORT, 'the day from which the book counts is never taken out'); END;
