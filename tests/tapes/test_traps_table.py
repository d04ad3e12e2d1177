"""Each known trap of the two brokers, and the tests that go red when its guard is taken away."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
TAPE, CONTRACT = "tapes/test_traps_from_tape.py::", "adapters/test_broker_contract.py::"
READS, HISTORY, ORDERS = (f"adapters/test_schwab_{name}.py::" for name in ("reads", "history", "orders"))
LINE, POST, GATE, RENEWAL, FILE = (
    f"adapters/test_schwab_{name}.py::"
    for name in ("line_reads", "line_post", "line_gate", "token_renewal", "token_file")
)
A_READS, A_POST, A_ORDERS, A_HISTORY = (
    f"adapters/test_alpaca_{name}.py::" for name in ("reads", "post", "orders", "history")
)
A_RECORDED = "adapters/test_recorded_alpaca.py::"
S_RECORDED = "adapters/test_schwab_recorded.py::"

# Number and name of the trap; numbers that are missing are not about brokers.
TRAPS: dict[tuple[int, str], tuple[str, ...]] = {
    (1, "the key for positions is missing"): (
        TAPE + "test_no_positions_are_none_when_their_key_is_missing",
        READS + "test_no_positions_are_none_whether_the_key_is_there_or_not",
    ),
    (2, "the list of accounts has no hashes, and hashes change"): (
        TAPE + "test_a_hash_that_changes_in_the_middle_of_a_run_is_looked_up_again",
        READS + "test_every_broker_object_learns_the_hashes_anew",
        READS + "test_an_account_is_asked_for_by_its_hash_and_known_by_its_number",
    ),
    (3, "an exchange traded fund is a collective investment"): (
        CONTRACT + "test_cash_and_positions_are_exact",
        READS + "test_an_exchange_traded_fund_is_a_position_with_its_cost_and_its_price",
        HISTORY + "test_a_sale_is_a_trade_of_a_positive_count",
        "adapters/test_trap_fund_orders.py::test_an_order_for_an_exchange_traded_fund_is_found_and_counted",
    ),
    (4, "swept cash is told twice"): (
        CONTRACT + "test_cash_and_positions_are_exact",
        READS + "test_a_sweep_vehicle_is_the_cash_a_second_time_and_left_out",
    ),
    (5, "buying power knows margin"): (
        A_READS + "test_margin_buying_power_is_no_cash",
        READS + "test_a_margin_account_never_counts_what_could_be_borrowed",
        S_RECORDED + "test_a_recorded_margin_account_has_its_cash_and_no_buying_power",
    ),
    (6, "cash that has not settled"): (
        CONTRACT + "test_the_proceeds_of_a_sale_are_not_settled_on_its_day",
        READS + "test_a_cash_account_counts_its_cash_once_and_what_has_settled",
        A_READS + "test_the_proceeds_of_today_are_unsettled_and_those_that_settle_today_are_settled",
    ),
    (7, "201 without content"): (
        CONTRACT + "test_an_order_is_found_under_its_intent_and_matches_it",
        POST + "test_one_request_for_one_order_and_only_a_proof_is_a_refusal",
    ),
    (8, "Location is relative, missing, or of another order"): (
        TAPE + "test_a_receipt_may_lead_by_a_relative_address",
        TAPE + "test_a_receipt_without_an_address_leaves_the_order_to_be_looked_for",
        TAPE + "test_a_receipt_that_names_another_order_does_not_mislead",
        ORDERS + "test_a_number_that_names_another_order_is_not_believed",
    ),
    (9, "201, and rejected afterwards"): (
        CONTRACT + "test_an_order_that_cannot_be_carried_out_is_found_rejected_with_words",
        ORDERS + "test_a_rejection_that_comes_later_tells_its_reason",
    ),
    (10, "a state that nobody knows is open"): (
        TAPE + "test_an_order_in_a_state_that_nobody_told_of_is_open",
        TAPE + "test_an_order_in_a_state_that_nobody_knows_is_open",
        ORDERS + "test_a_live_order_is_acknowledged_and_with_fills_partial",
    ),
    (11, "filled in part, then cancelled"): (
        TAPE + "test_what_was_filled_before_a_cancellation_is_booked",
        ORDERS + "test_an_ended_order_is_final_only_where_its_numbers_agree",
        A_ORDERS + "test_every_word_has_its_state_and_keeps_what_was_filled",
    ),
    (12, "401 in the middle of a run"): (
        LINE + "test_a_token_that_the_broker_forgot_is_renewed_once_and_the_question_repeated",
        LINE + "test_a_401_with_a_new_token_wants_its_owner",
        POST + "test_an_order_is_not_repeated_after_a_401_although_a_question_would_be",
    ),
    (13, "the token endpoint says 400, 403 or 503"): (
        RENEWAL + "test_only_the_brokers_own_no_wants_its_owner_and_no_failure_touches_the_file",
    ),
    (14, "the client of a fresh login cannot renew its token"): (
        "doors/test_login.py::test_the_session_of_a_new_login_still_renews_itself_after_half_an_hour",
        RENEWAL + "test_a_token_that_ends_between_a_look_at_it_and_the_request_is_renewed_and_kept_all_the_same",
        POST + "test_a_login_that_died_proves_that_nothing_was_sent",
    ),
    (15, "a crash while the token file is written"): (
        RENEWAL + "test_no_token_is_lost_by_kills_and_full_disks",
        RENEWAL + "test_no_token_is_asked_for_on_a_full_disk",
        FILE + "test_what_a_killed_process_left_half_done_is_cleared_away",
    ),
    (16, "two processes renew one token"): (
        RENEWAL + "test_a_process_that_comes_second_takes_what_the_first_has_kept",
        RENEWAL + "test_many_threads_renew_once",
    ),
    (17, "time zones, ranges of one day, midnights of two offsets"): (
        CONTRACT + "test_a_fill_stands_in_the_history_with_its_order",
        HISTORY + "test_the_trade_date_is_a_new_york_day",
        LINE + "test_a_question_is_asked_as_the_vendor_wants_it",
        LINE + "test_an_instant_without_its_time_zone_is_never_sent",
    ),
    (18, "sixty days, and three thousand rows, at a time"): (
        TAPE + "test_a_long_history_comes_in_parts_and_each_entry_once",
        HISTORY + "test_a_long_history_is_asked_for_in_chunks_of_sixty_days_and_each_entry_is_told_once",
        HISTORY + "test_a_chunk_with_too_many_entries_is_asked_for_in_halves",
        ORDERS + "test_a_list_that_may_go_on_is_no_baseline",
    ),
    (19, "quantities are decimals"): (
        ORDERS + "test_a_purchase_is_a_day_limit_order_of_whole_shares_at_a_price_in_text",
        A_POST + "test_the_order_is_sent_as_exact_text_with_its_key",
    ),
    (20, "cents in floats"): (
        CONTRACT + "test_nothing_is_ever_a_float",
        LINE + "test_numbers_are_read_exactly",
        "architecture/test_no_float.py::test_every_json_parser_makes_decimals",
    ),
    (21, "no answer to an order that was taken"): (
        TAPE + "test_an_order_that_was_booked_before_the_gateway_gave_up_is_one_order_and_is_found",
        POST + "test_an_order_that_is_not_answered_in_time_is_unknown_and_was_sent_once",
        A_POST + "test_an_order_does_not_wait_for_an_answer_without_end",
        A_POST + "test_one_request_for_one_order_and_only_a_proof_is_a_refusal",
    ),
    (22, "a 504 makes the library send an order again"): (
        TAPE + "test_an_order_that_was_booked_before_the_gateway_gave_up_is_one_order_and_is_found",
        A_POST + "test_one_request_for_one_order_and_only_a_proof_is_a_refusal",
    ),
    (23, "a client id is used twice"): (
        CONTRACT + "test_the_same_intent_twice_is_one_order",
        A_POST + "test_one_request_for_one_order_and_only_a_proof_is_a_refusal",
    ),
    (24, "a page in place of JSON"): (
        TAPE + "test_a_page_in_place_of_an_answer_is_for_later",
        TAPE + "test_an_order_that_a_gateway_swallowed_is_unknown_and_not_found",
        A_READS + "test_every_read_survives_every_bad_answer",
        LINE + "test_an_answer_that_is_no_json_is_no_answer",
    ),
    (25, "429 with and without a time"): (
        TAPE + "test_too_many_questions_are_for_later",
        LINE + "test_a_throttled_question_waits_as_long_as_it_is_told",
        A_READS + "test_a_throttled_question_says_until_when",
    ),
    (26, "words that nobody knows"): (
        TAPE + "test_words_that_nobody_knows_change_nothing",
        A_READS + "test_words_that_we_do_not_use_may_be_new",
        A_HISTORY + "test_an_entry_is_what_its_word_says",
        A_ORDERS + "test_every_word_has_its_state_and_keeps_what_was_filled",
    ),
    (27, "day trading fields are gone"): (A_READS + "test_the_day_trading_fields_may_come_or_go",),
    (28, "pages of a hundred, ids in another time zone"): (
        TAPE + "test_a_full_page_of_history_is_followed_by_the_next",
        A_HISTORY + "test_the_next_page_begins_after_the_last_id",
        A_RECORDED + "test_a_recorded_fill_keeps_its_instant_although_its_id_says_another",
    ),
    (29, "a reimbursement is no payday, and entries are taken back"): (
        TAPE + "test_a_reimbursement_is_no_payday",
        TAPE + "test_an_entry_that_was_taken_back_does_not_stand",
        A_HISTORY + "test_a_corrected_or_cancelled_entry_is_reversed",
    ),
    (30, "dividends buy shares by themselves"): (
        TAPE + "test_a_dividend_that_bought_shares_is_told_as_such",
        HISTORY + "test_a_dividend_that_bought_shares_by_itself_is_seen",
    ),
    (31, "a preview says no"): (
        CONTRACT + "test_looking_at_an_order_beforehand_places_none",
        ORDERS + "test_a_preview_tells_rejects_and_warnings_with_their_codes",
        ORDERS + "test_a_preview_that_is_rejected_without_a_word_is_rejected",
        ORDERS + "test_a_preview_without_a_judgement_proves_nothing",
        ORDERS + "test_a_refused_preview_is_a_reject",
        "services/test_previews.py::test_both_legs_are_shown_before_the_first_one_leaves",
    ),
    (33, "short days, and closed ones under another name"): (
        TAPE + "test_the_exchange_is_shut_on_a_saturday",
        READS + "test_the_market_closes_early_when_the_vendor_says_so",
        READS + "test_a_day_without_a_session_is_shut_under_its_other_name",
    ),
    (34, "libraries log secrets"): (
        "tapes/test_quiet_logs.py::test_no_secret_is_in_any_line_of_a_whole_run",
        GATE + "test_no_secret_is_told_even_when_everything_is_logged",
        A_READS + "test_an_error_gives_away_neither_key_nor_account_number",
    ),
    (35, "one library, two names, other exceptions"): (
        LINE + "test_a_connection_that_breaks_is_tried_once_more",
        "adapters/test_schwab_line_import.py::test_the_client_library_is_loaded_without_a_warning",
        "adapters/test_trap_two_names.py::test_a_broken_connection_is_known_under_either_name_of_the_library",
    ),
    (36, "a live host"): (
        A_POST + "test_any_host_but_paper_and_loopback_is_refused_before_a_request",
        A_POST + "test_the_live_environment_is_refused_on_every_host",
        GATE + "test_live_orders_need_the_real_host_and_a_second_word",
        GATE + "test_nothing_is_ever_sent_to_the_real_host_outside_live",
    ),
    (37, "many shapes of an error"): (
        LINE + "test_every_kind_of_error_is_told_in_words",
        TAPE + "test_an_account_number_in_an_answer_never_reaches_the_owner",
        TAPE + "test_a_key_that_is_not_accepted_wants_its_owner",
        A_ORDERS + "test_anything_else_proves_nothing",
        "adapters/test_trap_gateway_fault.py::test_a_gateways_fault_beside_a_message_is_no_refusal",
    ),
    (38, "a quote is missing or old"): (
        CONTRACT + "test_a_symbol_without_a_quote_is_left_out",
        READS + "test_a_quote_that_is_missing_crossed_delayed_or_old_is_left_out",
        A_READS + "test_a_quote_that_is_unusable_is_left_out",
        "engine/guard/test_prices.py::test_quotes",
        "services/test_execute.py::TestRefusals::test_a_quote_is_older_than_a_minute",
    ),
    (39, "a replaced order has another id"): (
        A_ORDERS + "test_every_word_has_its_state_and_keeps_what_was_filled",
        ORDERS + "test_an_ended_order_is_final_only_where_its_numbers_agree",
        "adapters/test_trap_replaced.py::test_a_replaced_order_is_for_a_person_and_says_why",
        "adapters/test_trap_replaced.py::test_the_order_that_took_anothers_place_is_none_of_a_later_intents",
    ),
    (40, "ids as numbers and as text"): (
        ORDERS + "test_an_order_is_found_under_its_number_as_number_or_as_text",
        READS + "test_a_number_that_is_no_text_has_lost_its_zeros_and_is_still_known",
    ),
}


def names_in(path: str) -> set[str]:
    """The names of the tests in a file."""
    syntax = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    groups = [("", syntax.body), *((f"{one.name}::", one.body) for one in syntax.body if isinstance(one, ast.ClassDef))]
    return {
        prefix + node.name
        for prefix, body in groups
        for node in body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: f"{trap[0]}-{trap[1]}")
def test_the_guard_of_a_trap_is_held(trap: tuple[int, str]) -> None:
    missing = [test for test in TRAPS[trap] if test.partition("::")[2] not in names_in(test.partition("::")[0])]

    assert TRAPS[trap]
    assert not missing


def test_no_trap_is_left_out() -> None:
    assert [number for number, _ in TRAPS] == [number for number in range(1, 41) if number != 32]
