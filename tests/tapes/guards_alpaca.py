"""The guards of the adapter for Alpaca: by trap and file, what stands there and what would stand there without it."""

ALPACA: dict[tuple[int, str], list[tuple[str, str]]] = {
    (10, "orders"): [("ENDED.get(status, OrderState.UNKNOWN)", "ENDED.get(status, OrderState.CANCELED)")],
    (21, "http"): [
        (
            'answer=Answer.UNKNOWN, text=f"no answer ({type(problem).__name__})"',
            'answer=Answer.REFUSED, text=f"no answer ({type(problem).__name__})"',
        )
    ],
    (26, "account"): [
        (
            '    row = Row.of(raw, "position")\n',
            """    row = Row.of(raw, "position")
    __import__("alpaca.trading.models").trading.models.Position(**row.fields)
""",
        )
    ],
    (26, "orders"): [("ENDED.get(status, OrderState.UNKNOWN)", "ENDED[status]")],
    (26, "history"): [
        (
            'KINDS.get(word, ActivityKind.DIVIDEND if word.startswith("DIV") else ActivityKind.OTHER)',
            "KINDS.get(word, ActivityKind.DIVIDEND)",
        )
    ],
    (27, "account"): [
        ('    status = row.text("status")\n', '    status = row.text("status")\n    row.number("daytrade_count")\n')
    ],
    (28, "history"): [
        ("if len(page) < PAGE:", "if len(page) <= PAGE:"),
        ("token = page[-1].activity_id", "token = page[0].activity_id"),
        (
            'at = row.at("transaction_time")',
            'at = datetime.strptime(row.text("id")[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)',
        ),
    ],
    (37, "http"): [
        ("if status in {401, 403}:", "if False:"),
        ("if status < 400 or status >= 500 or error is None:", "if status < 400 or status >= 500:"),
    ],
    (38, "market"): [
        ("return quote if Decimal(0) < quote.bid <= quote.ask else None", "return quote"),
        ("    except Reconcile:\n        return None\n", "    except Reconcile:\n        raise\n"),
    ],
    (39, "orders"): [
        ('"replaced": OrderState.HUMAN', '"replaced": OrderState.CANCELED'),
        ('    if status == "replaced":\n', "    if False:\n"),
    ],
}
