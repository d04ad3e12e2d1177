"""The guards of the adapter for Schwab: by trap and file, what stands there and what would stand there without it."""

SCHWAB: dict[tuple[int, str], list[tuple[str, str]]] = {
    (3, "account"): [('KEPT = frozenset({"EQUITY", "COLLECTIVE_INVESTMENT",', 'KEPT = frozenset({"EQUITY",')],
    (3, "transfers"): [('KEPT = frozenset({"EQUITY", "COLLECTIVE_INVESTMENT",', 'KEPT = frozenset({"EQUITY",')],
    (3, "orders"): [('SHARES = frozenset({"EQUITY", "COLLECTIVE_INVESTMENT",', 'SHARES = frozenset({"EQUITY",')],
    (7, "receipts"): [
        ("if reply.status in {200, 201}:", "if reply.status == 200:"),
        ("if reply.status in {200, 201}:", "if reply.status in {200, 201} and reply.content.strip():"),
    ],
    (9, "orders"): [
        ('    "REJECTED": OrderState.REJECTED,\n', ""),
        ('row.said("statusDescription")', '""'),
    ],
    (10, "orders"): [
        ("ENDED.get(status, OrderState.UNKNOWN)", "ENDED.get(status, OrderState.CANCELED)"),
        ("status not in ENDED or left", "status in LIVE or left"),
    ],
    (13, "session"): [
        ("if problem.error in BUSY:", "if False:"),
        (
            'raise TryLater(f"{name}: Schwab\'s login service answered {status}, which usually passes.") from None',
            'raise self._rejected("answered") from None',
        ),
        (
            'raise TryLater(f"{name}: the answer of Schwab\'s login service cannot be read.") from None',
            'raise self._rejected("unread") from None',
        ),
        ("raise self._rejected(str(problem.error)) from None", 'raise TryLater("It does not accept it.") from None'),
        ("self._client = None  # what", "pass  # what"),
    ],
    (14, "session"): [
        ("token_endpoint=TOKEN_ENDPOINT,", "token_endpoint=None,"),
        (
            "            if self._oauth.token.is_expired(leeway",
            "            if False and self._oauth.token.is_expired(leeway",
        ),
    ],
    (15, "token_file"): [
        ("self._draft.rename(self._path)", "self._path.write_bytes(stored.written())"),
        ("            _write(draft, ROOM)\n", "            pass\n"),
        ("fcntl.LOCK_EX)\n            self._draft.unlink(missing_ok=True)\n", "fcntl.LOCK_EX)\n"),
    ],
    (16, "token_file"): [("fcntl.flock(lock, fcntl.LOCK_EX)", "pass")],
    (16, "session"): [
        ("if stored.access_token != spent and not self._oauth.token.is_expired():", "if False:"),
    ],
    (17, "wire"): [
        ("for hour in (0, 4, 5)", "for hour in (4, 5)"),
        ("for hour in (0, 4, 5)", "for hour in (0, 5)"),
        ("instant.astimezone(NEW_YORK).date()", "instant.date()"),
        ("    if BARE_DATE.fullmatch(value):", "    if False:"),
    ],
    (17, "line"): [
        ('assert at.tzinfo is not None, "an instant needs its time zone"', "pass"),
        ("exact = at.astimezone(UTC)", "exact = at"),
        ("return whole + SECOND if upwards and whole != exact else whole", "return whole"),
    ],
    (17, "broker"): [("end = self._server_at() + AHEAD\n", "end = self._server_at()\n")],
    (18, "history"): [
        ("CHUNK = timedelta(days=60)", "CHUNK = timedelta(days=600)"),
        ("seen.setdefault(entry.activity_id, entry)", 'seen.setdefault(f"{entry.activity_id} {len(seen)}", entry)'),
        ("if not isinstance(raw, list) or len(raw) < LARGEST_LIST:", "if raw is not None:"),
    ],
    (18, "orders"): [("if len(listed) >= LARGEST_LIST:", "if False:")],
    (21, "line"): [
        ('answer=Answer.UNKNOWN, text=f"no answer ({kind})"', 'answer=Answer.REFUSED, text=f"no answer ({kind})"')
    ],
    (30, "history"): [
        ("reinvested=by_itself", "reinvested=False"),
        ("side is Side.BUY and not frame.order_id and", "side is Side.BUY and"),
        ("and not quantity.is_whole and", "and"),
        (" and frame.settles_on == frame.on", ""),
    ],
    (31, "preview"): [
        ('REJECTS = ("rejects",)', "REJECTS = ()"),
        ('for severity, sentence in others if severity == "REJECT"', "for severity, sentence in others if False"),
        ('.text("status", default="") == "REJECTED":', '.text("status", default="") == "":'),
        ('    if not row.has("orderValidationResult"):', "    if False:"),
    ],
    (31, "broker"): [("return Preview(rejects=(refusal.said,))", "return Preview()")],
    (33, "market"): [
        (
            'return tuple((one.at("start"), one.at("end")) for one in hours)',
            'return tuple((one.at("start"), one.at("start") + timedelta(hours=6.5)) for one in hours)',
        ),
        ('in {"EQ", "equity"}', 'in {"EQ"}'),
        ('    if not row.flag("isOpen"):\n        return ()\n', ""),
    ],
    (35, "library"): [
        ("from authlib.integrations.httpx_client.oauth2_client import httpx2 as httpx", "import httpx"),
        ('warnings.simplefilter("ignore", DeprecationWarning)', "pass"),
    ],
    (37, "refusals"): [
        ('not isinstance(tree, dict) or "fault" in tree or', "not isinstance(tree, dict) or"),
        ('return "timestamp" in tree and ("path" in tree or "error" in tree)', "return False"),
        ("        if isinstance(error, str) and error.strip():", "        if False:"),
        ("        if isinstance(error, dict):", "        if False:"),
        ("    if isinstance(message, str) and message.strip():", "    if False:"),
        ("    except (ValueError, RecursionError):", "    except ValueError:"),
        ('    if "Access Denied" in text:', "    if False:"),
        ('    if "Whitelabel" in text:', "    if False:"),
        ("        if isinstance(fault, dict):", "        if False:"),
    ],
    (37, "receipts"): [
        ("said = discreet(own_words(reply.content), *secrets)", "said = own_words(reply.content)"),
    ],
    (37, "line"): [
        ("if reply.status == 401 or (reply.status == 403 and own):", "if reply.status == 401:"),
        ("if not own or not 400 <= reply.status < 500:", "if not 400 <= reply.status < 500:"),
    ],
    (38, "market"): [
        ("    except Reconcile:\n        return None\n", "    except Reconcile:\n        raise\n"),
        ("if usable and Decimal(0) <", "if Decimal(0) <"),
        ("Decimal(0) < quote.bid <= quote.ask", "quote.bid <= quote.ask"),
        ("Decimal(0) < quote.bid <= quote.ask", "Decimal(0) < quote.bid"),
        (" and quote.at > server_at - STALE", ""),
    ],
    (39, "orders"): [
        ('"REPLACED": OrderState.HUMAN', '"REPLACED": OrderState.CANCELED'),
        ('    if status == "REPLACED":\n', "    if False:\n"),
        (' + row.rows("replacingOrderCollection", "order")', ""),
    ],
    (40, "wire"): [
        ("and 0 <= value < 10**20:\n            value = str(value)", "and value < 0:\n            value = str(value)"),
        ('one.lstrip("0") == other.lstrip("0")', "one == other"),
    ],
}
