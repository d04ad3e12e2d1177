-- Who may say yes: links, passphrases and what each person has said. Of a token only its SHA-256 is here, of a
-- passphrase only salt and digest. A plan with people named in `decider` cannot be approved without the yes of each.

CREATE TABLE decider (
    plan   TEXT NOT NULL REFERENCES proposal (fingerprint),
    person TEXT NOT NULL CHECK (person <> ''),
    PRIMARY KEY (plan, person)
);

CREATE TABLE link (
    token_sha  TEXT PRIMARY KEY NOT NULL CHECK (length(token_sha) = 64 AND token_sha NOT GLOB '*[^0-9a-f]*'),
    plan       TEXT NOT NULL,
    person     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT,
    FOREIGN KEY (plan, person) REFERENCES decider (plan, person)
);
CREATE INDEX link_of_plan ON link (plan, person);

CREATE TABLE consent (
    plan   TEXT NOT NULL,
    person TEXT NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (plan, person),
    FOREIGN KEY (plan, person) REFERENCES decider (plan, person)
);

CREATE TABLE passphrase (
    person TEXT PRIMARY KEY NOT NULL CHECK (person <> ''),
    salt   TEXT NOT NULL CHECK (length(salt) >= 32 AND salt NOT GLOB '*[^0-9a-f]*'),
    digest TEXT NOT NULL CHECK (length(digest) >= 64 AND digest NOT GLOB '*[^0-9a-f]*'),
    n      INTEGER NOT NULL CHECK (typeof(n) = 'integer' AND n BETWEEN 2 AND 1048576),
    r      INTEGER NOT NULL CHECK (typeof(r) = 'integer' AND r BETWEEN 1 AND 32),
    p      INTEGER NOT NULL CHECK (typeof(p) = 'integer' AND p BETWEEN 1 AND 16),
    set_at TEXT NOT NULL
);

-- Deciders ------------------------------------------------------------------------------------------------------------

-- All of them are named at once, before anybody speaks: nobody is added to those who have to agree, or to those who may.
CREATE TRIGGER decider_named_in_time BEFORE INSERT ON decider
WHEN NOT EXISTS (SELECT 1 FROM proposal WHERE fingerprint = NEW.plan AND verdict IS NULL)
    OR EXISTS (SELECT 1 FROM decider WHERE plan = NEW.plan AND person = NEW.person)
    OR EXISTS (SELECT 1 FROM consent WHERE plan = NEW.plan)
BEGIN SELECT RAISE(ABORT, 'nobody is named any more to decide on this plan'); END;

CREATE TRIGGER decider_never_changes BEFORE UPDATE ON decider
BEGIN SELECT RAISE(ABORT, 'who decides on a plan is never changed'); END;

CREATE TRIGGER decider_never_leaves BEFORE DELETE ON decider
BEGIN SELECT RAISE(ABORT, 'nobody who decides on a plan is taken out'); END;

-- Links ---------------------------------------------------------------------------------------------------------------

CREATE TRIGGER link_starts_unused BEFORE INSERT ON link
WHEN NEW.used_at IS NOT NULL OR EXISTS (SELECT 1 FROM link WHERE token_sha = NEW.token_sha)
BEGIN SELECT RAISE(ABORT, 'a new link has not been used, and has a token of its own'); END;

-- A link never outlives its plan.
CREATE TRIGGER link_ends_with_its_plan BEFORE INSERT ON link
WHEN NOT EXISTS (SELECT 1 FROM proposal WHERE fingerprint = NEW.plan AND NEW.expires_at <= expires_at)
BEGIN SELECT RAISE(ABORT, 'a link does not outlive its plan'); END;

CREATE TRIGGER link_is_bound BEFORE UPDATE OF token_sha, plan, person, created_at, expires_at ON link
BEGIN SELECT RAISE(ABORT, 'where a link leads, whose it is and how long it lasts is never changed'); END;

CREATE TRIGGER link_used_once BEFORE UPDATE OF used_at ON link
WHEN OLD.used_at IS NOT NULL OR NEW.used_at IS NULL OR NEW.used_at >= OLD.expires_at
BEGIN SELECT RAISE(ABORT, 'a link is used once, and in time'); END;

CREATE TRIGGER link_never_leaves BEFORE DELETE ON link
BEGIN SELECT RAISE(ABORT, 'a link is never taken out'); END;

-- Consents ------------------------------------------------------------------------------------------------------------

CREATE TRIGGER consent_comes_once_and_in_time BEFORE INSERT ON consent
WHEN EXISTS (SELECT 1 FROM consent WHERE plan = NEW.plan AND person = NEW.person)
    OR NOT EXISTS (
        SELECT 1 FROM proposal WHERE fingerprint = NEW.plan AND verdict IS NULL AND NEW.at < expires_at
    )
BEGIN SELECT RAISE(ABORT, 'this plan does not wait for that yes'); END;

CREATE TRIGGER consent_never_changes BEFORE UPDATE ON consent
BEGIN SELECT RAISE(ABORT, 'a yes is never changed'); END;

CREATE TRIGGER consent_never_leaves BEFORE DELETE ON consent
BEGIN SELECT RAISE(ABORT, 'a yes is never taken out'); END;

CREATE TRIGGER proposal_needs_every_yes BEFORE UPDATE OF verdict ON proposal
WHEN NEW.verdict = 'approved' AND EXISTS (
    SELECT 1 FROM decider WHERE decider.plan = NEW.fingerprint AND NOT EXISTS (
        SELECT 1 FROM consent WHERE consent.plan = decider.plan AND consent.person = decider.person
    )
)
BEGIN SELECT RAISE(ABORT, 'not everybody who decides on this plan has said yes'); END;
