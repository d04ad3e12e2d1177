-- The first schema. A fact is only ever added; a proposal and an intent are what follows from the facts, kept so that
-- the database itself can refuse a step that the life of a plan or of an order does not have. Instants are ISO 8601
-- text in UTC of one width, so that they compare as text. Counts and prices are decimal text, never REAL.

PRAGMA application_id = 1919706994;  -- the four letters "rlgr"

CREATE TABLE fact (
    seq  INTEGER PRIMARY KEY,
    at   TEXT NOT NULL,
    kind TEXT NOT NULL,
    plan TEXT NOT NULL,  -- a proposal's fingerprint, '' where the fact belongs to none
    body TEXT NOT NULL   -- canonical JSON
);
CREATE INDEX fact_of_plan ON fact (plan, kind, seq);

CREATE TABLE proposal (
    fingerprint TEXT PRIMARY KEY NOT NULL,
    plan_id     TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL CHECK (environment IN ('dry_run', 'paper', 'live')),
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    verdict     TEXT CHECK (verdict IN ('approved', 'declined', 'expired', 'superseded', 'voided')),
    decided_at  TEXT,
    CHECK ((verdict IS NULL) = (decided_at IS NULL))
);

CREATE TABLE intent (
    client_order_id TEXT PRIMARY KEY NOT NULL,
    plan            TEXT NOT NULL REFERENCES proposal (fingerprint),
    line            INTEGER NOT NULL CHECK (typeof(line) = 'integer' AND line >= 1),
    attempt         INTEGER NOT NULL CHECK (typeof(attempt) = 'integer' AND attempt >= 1),
    account         TEXT NOT NULL,
    side            TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    symbol          TEXT NOT NULL,
    quantity        TEXT NOT NULL CHECK (quantity NOT GLOB '*[^0-9.]*'),
    limit_price     TEXT NOT NULL CHECK (limit_price NOT GLOB '*[^0-9.]*'),
    state           TEXT NOT NULL CHECK (state IN (
        'approved', 'sending', 'unknown', 'acked', 'partial',
        'filled', 'canceled', 'rejected', 'expired', 'not_placed', 'human'
    )),
    broker_id       TEXT UNIQUE CHECK (broker_id <> ''),
    filled          TEXT NOT NULL CHECK (filled NOT GLOB '*[^0-9.]*'),
    filled_nano     INTEGER NOT NULL CHECK (typeof(filled_nano) = 'integer' AND filled_nano >= 0),
    average_price   TEXT CHECK (average_price NOT GLOB '*[^0-9.]*'),
    intended_at     TEXT NOT NULL,
    moved_at        TEXT NOT NULL,
    evidence        TEXT NOT NULL,
    UNIQUE (plan, line, attempt)
);

-- Facts ---------------------------------------------------------------------------------------------------------------

CREATE TRIGGER fact_never_changes BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END;

CREATE TRIGGER fact_never_leaves BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is never taken out'); END;

-- INSERT OR REPLACE would take out a row without asking the trigger above.
CREATE TRIGGER fact_never_replaced BEFORE INSERT ON fact
WHEN EXISTS (SELECT 1 FROM fact WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a fact is never replaced'); END;

CREATE TRIGGER fact_only_at_the_end AFTER INSERT ON fact
WHEN NEW.seq <> (SELECT max(seq) FROM fact)
BEGIN SELECT RAISE(ABORT, 'a fact is only ever added at the end'); END;

-- Proposals -----------------------------------------------------------------------------------------------------------

CREATE TRIGGER proposal_comes_once BEFORE INSERT ON proposal
WHEN EXISTS (SELECT 1 FROM proposal WHERE fingerprint = NEW.fingerprint OR plan_id = NEW.plan_id)
BEGIN SELECT RAISE(ABORT, 'this plan is in the books already'); END;

CREATE TRIGGER proposal_starts_waiting BEFORE INSERT ON proposal
WHEN NEW.verdict IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a new plan waits for a verdict'); END;

CREATE TRIGGER proposal_is_bound BEFORE UPDATE OF fingerprint, plan_id, environment, created_at, expires_at ON proposal
BEGIN SELECT RAISE(ABORT, 'a plan is never changed'); END;

CREATE TRIGGER proposal_verdict_stands BEFORE UPDATE OF verdict, decided_at ON proposal
WHEN OLD.verdict IS NOT NULL
    AND NOT (OLD.verdict = 'approved' AND coalesce(NEW.verdict, '') IN ('voided', 'expired', 'superseded'))
BEGIN SELECT RAISE(ABORT, 'the verdict on this plan stands'); END;

CREATE TRIGGER proposal_runs_out BEFORE UPDATE ON proposal
WHEN NEW.verdict = 'approved' AND NEW.decided_at >= OLD.expires_at
BEGIN SELECT RAISE(ABORT, 'this plan had run out before it was approved'); END;

CREATE TRIGGER proposal_never_leaves BEFORE DELETE ON proposal
BEGIN SELECT RAISE(ABORT, 'a plan is never taken out'); END;

-- Intents -------------------------------------------------------------------------------------------------------------

CREATE TRIGGER intent_needs_approval BEFORE INSERT ON intent
WHEN NOT EXISTS (
    SELECT 1 FROM proposal
    WHERE fingerprint = NEW.plan AND verdict = 'approved' AND NEW.intended_at < expires_at
)
BEGIN SELECT RAISE(ABORT, 'the plan of this order is not approved, or has run out'); END;

CREATE TRIGGER intent_starts_unsent BEFORE INSERT ON intent
WHEN NEW.state <> 'approved' OR NEW.broker_id IS NOT NULL OR NEW.filled_nano <> 0
BEGIN SELECT RAISE(ABORT, 'a new order has not been sent yet'); END;

-- One attempt after the other, and none while an earlier one may live, was filled, or was left to a person.
CREATE TRIGGER intent_one_at_a_time BEFORE INSERT ON intent
WHEN EXISTS (SELECT 1 FROM intent WHERE client_order_id = NEW.client_order_id)
    OR NEW.attempt <> 1 + (SELECT coalesce(max(attempt), 0) FROM intent WHERE plan = NEW.plan AND line = NEW.line)
    OR EXISTS (
        SELECT 1 FROM intent
        WHERE plan = NEW.plan AND line = NEW.line
            AND state NOT IN ('canceled', 'rejected', 'expired', 'not_placed')
    )
BEGIN SELECT RAISE(ABORT, 'an earlier order for this line of the plan stands in the way'); END;

CREATE TRIGGER intent_is_bound
BEFORE UPDATE OF client_order_id, plan, line, attempt, account, side, symbol, quantity, limit_price, intended_at
ON intent
BEGIN SELECT RAISE(ABORT, 'what an order was meant to be is never changed'); END;

CREATE TRIGGER intent_never_leaves BEFORE DELETE ON intent
BEGIN SELECT RAISE(ABORT, 'an order is never taken out'); END;

CREATE TRIGGER intent_sent_only_when_approved BEFORE UPDATE ON intent
WHEN OLD.state = 'approved' AND NEW.state = 'sending' AND NOT EXISTS (
    SELECT 1 FROM proposal
    WHERE fingerprint = NEW.plan AND verdict = 'approved' AND NEW.moved_at < expires_at
)
BEGIN SELECT RAISE(ABORT, 'the plan of this order is not approved any more, or has run out'); END;

CREATE TRIGGER intent_final_is_final BEFORE UPDATE ON intent
WHEN OLD.state IN ('filled', 'canceled', 'rejected', 'expired', 'not_placed', 'human') AND (
    NEW.state <> OLD.state
    OR NEW.filled_nano <> OLD.filled_nano
    OR NEW.broker_id IS NOT OLD.broker_id
    OR NEW.average_price IS NOT OLD.average_price
)
BEGIN SELECT RAISE(ABORT, 'this order is over: nothing can happen to it any more'); END;

CREATE TRIGGER intent_no_way_back BEFORE UPDATE ON intent
WHEN OLD.state IN ('acked', 'partial') AND NEW.state <> OLD.state
    AND NEW.state NOT IN ('partial', 'filled', 'canceled', 'rejected', 'expired', 'human')
BEGIN SELECT RAISE(ABORT, 'the broker has acknowledged this order: there is no way back'); END;

CREATE TRIGGER intent_no_other_way_forth BEFORE UPDATE ON intent
WHEN OLD.state IN ('approved', 'sending', 'unknown') AND NEW.state <> OLD.state
    AND OLD.state || '>' || NEW.state NOT IN (
        'approved>sending', 'approved>not_placed',
        'sending>unknown', 'sending>acked', 'sending>partial', 'sending>filled', 'sending>canceled',
        'sending>rejected', 'sending>expired', 'sending>not_placed',
        'unknown>acked', 'unknown>partial', 'unknown>filled', 'unknown>canceled', 'unknown>rejected',
        'unknown>expired', 'unknown>not_placed', 'unknown>human'
    )
BEGIN SELECT RAISE(ABORT, 'the life of an order has no such step'); END;

CREATE TRIGGER intent_broker_id_once BEFORE UPDATE ON intent
WHEN OLD.broker_id IS NOT NULL AND NEW.broker_id IS NOT OLD.broker_id
BEGIN SELECT RAISE(ABORT, 'the broker''s id of an order is written once'); END;

CREATE TRIGGER intent_broker_id_of_one BEFORE UPDATE ON intent
WHEN EXISTS (
    SELECT 1 FROM intent WHERE broker_id = NEW.broker_id AND client_order_id <> NEW.client_order_id
)
BEGIN SELECT RAISE(ABORT, 'another order has this broker''s id'); END;

CREATE TRIGGER intent_filled_never_shrinks BEFORE UPDATE ON intent
WHEN NEW.filled_nano < OLD.filled_nano
BEGIN SELECT RAISE(ABORT, 'what was filled never shrinks'); END;
