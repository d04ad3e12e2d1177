"""What a gateway says in the middle proves nothing about an order, even where it talks like the broker."""

import json

from adapters.brokers.schwab.receipts import receipt
from adapters.brokers.schwab.replies import Reply
from bot.domain.orders import Answer

FAULT = {"fault": {"faultstring": "Rate limit quota violation"}, "message": "Policy has refused the request"}


def test_a_gateways_fault_beside_a_message_is_no_refusal() -> None:
    submission = receipt(Reply(status=400, headers={}, content=json.dumps(FAULT).encode()))

    assert submission.answer is Answer.UNKNOWN
    assert submission.text == "answered 400: its gateway says: Rate limit quota violation"
