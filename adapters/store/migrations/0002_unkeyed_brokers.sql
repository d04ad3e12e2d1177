-- For brokers without client order ids: which orders they knew before this one, and how a sale chooses its lots.
-- And an index for whoever asks for one kind of fact, the newest first.

ALTER TABLE intent ADD COLUMN dearest_first INTEGER NOT NULL DEFAULT 0 CHECK (dearest_first IN (0, 1));
ALTER TABLE intent ADD COLUMN baseline TEXT NOT NULL DEFAULT '[]';  -- a JSON list of the broker's ids

CREATE INDEX fact_of_kind ON fact (kind, seq);

DROP TRIGGER intent_is_bound;
CREATE TRIGGER intent_is_bound
BEFORE UPDATE OF client_order_id, plan, line, attempt, account, side, symbol, quantity, limit_price, intended_at,
    dearest_first, baseline
ON intent
BEGIN SELECT RAISE(ABORT, 'what an order was meant to be is never changed'); END;

-- None of the orders that were there before can be this one.
CREATE TRIGGER intent_not_of_the_baseline BEFORE UPDATE OF broker_id ON intent
WHEN EXISTS (SELECT 1 FROM json_each(OLD.baseline) WHERE value = NEW.broker_id)
BEGIN SELECT RAISE(ABORT, 'the broker had this order before ours was sent'); END;
